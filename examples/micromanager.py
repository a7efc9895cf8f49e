"""The camera that Micro-Manager drives, as a camera of the bridge: `python examples/micromanager.py`.

With pymmcore-plus and its demo configuration; `loadSystemConfiguration` takes your own as well. While it runs the camera stands in
the page as `push: Camera`: set it up there, watch it, record it.

Needs `pip install pymmcore-plus mm-test-adapters` (or `mmcore install` instead of the second) and `bridge/python`.
"""

import argparse

from pymmcore_plus import CMMCorePlus
from zarrcam import push

arguments = argparse.ArgumentParser()
arguments.add_argument("--shape", type=int, nargs=2, default=(1080, 1920), help="rows and columns, px")
arguments.add_argument("--exposure-ms", type=float, default=1.0)
arguments.add_argument("--runs", type=int, default=0, help="how many recordings to serve; 0: until stopped")
arguments.add_argument("--adapters", help="where Micro-Manager's device adapters lie")
asked = arguments.parse_args()

core = CMMCorePlus()
if asked.adapters is not None:
    core.setDeviceAdapterSearchPaths([asked.adapters])
core.loadDevice("Camera", "DemoCamera", "DCam")
core.initializeDevice("Camera")
core.setCameraDevice("Camera")
rows, columns = asked.shape
for name, value in {
    "PixelType": "16bit",
    "OnCameraCCDXSize": columns,
    "OnCameraCCDYSize": rows,
    "FastImage": 1,
}.items():
    core.setProperty("Camera", name, value)
core.setExposure(asked.exposure_ms)
core.setCircularBufferMemoryFootprint(256)

try:
    with push.Camera(
        core.getCameraDevice(),
        shape=(core.getImageHeight(), core.getImageWidth()),
        dtype="uint16",
        exposure_time_us=core.getExposure() * 1000,
        description="Micro-Manager's demo camera.",
    ) as camera:
        print(f"{camera.name} is there.", flush=True)
        while asked.runs == 0 or camera.runs < asked.runs:
            camera.wait_started()
            core.startContinuousSequenceAcquisition()
            last = -1
            while camera.running:
                if core.getRemainingImageCount() == 0:
                    core.sleep(0.2)
                    continue
                image, metadata = core.popNextImageAndMD()
                number = int(metadata["ImageNumber"])
                # What Micro-Manager's own buffer had no room for.
                camera.skip(number - last - 1)
                last = number
                camera.put(image, metadata={"image_number": number, "elapsed_ms": metadata["ElapsedTime-ms"]})
            core.stopSequenceAcquisition()
finally:
    # Its threads end before Python does.
    core.unloadAllDevices()
