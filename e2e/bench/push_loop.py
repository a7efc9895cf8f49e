"""Pushes noise of 1080p U16 as fast as it is taken, while somebody wants it: what `e2e/bench/push.ts` measures."""

import sys

import numpy as np
from zarrcam import push

width, height, in_place = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "in-place"
noise = np.random.default_rng(1).integers(0, 1 << 16, (16, height, width), dtype=np.uint16)
filled: set[int] = set()

with push.Camera("bench", shape=(height, width), dtype="uint16") as camera:
    print("ready", flush=True)
    number = 0
    while True:
        camera.wait_started()
        while camera.running:
            if in_place:
                # As by a driver that writes its frames where they belong: what lies in the slot is as good as any.
                frame = camera.frame()
                if frame.ctypes.data in filled:
                    frame[0] = noise[number % 16, 0]
                else:
                    frame[:] = noise[number % 16]
                    filled.add(frame.ctypes.data)
                camera.commit()
            else:
                camera.put(noise[number % 16])
            number += 1
