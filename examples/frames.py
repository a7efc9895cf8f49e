"""Takes every frame of the next recording, written from bridge/protocol/README.md alone. Needs nothing but Python.

Waits for a recording and writes its pixels into a file, each frame at its place; a lost frame leaves a hole of zeros.

    python examples/frames.py FILE [http://127.0.0.1:8421] [--stream 0] [--key FILE]

From another computer as client.py: with a pairing link, or the key that one left.
"""

import argparse
import struct

import paired

HEADER = struct.Struct("<IHHBBBBI6Q4I")
BEGIN, FRAME, LOST, END = 1, 2, 3, 4
CAUSES = {1: "camera", 2: "queue", 3: "storage", 4: "client", 5: "busy"}
ENDS = {1: "complete", 2: "stopped", 3: "failed"}


def records(body):
    """What each record says, and what follows its header. Ends with the last one; raises where the stream breaks before it."""
    while True:
        header = body.read(HEADER.size)
        if len(header) < HEADER.size:
            raise ConnectionError("the stream of frames broke; the recording may go on")
        magic, version, size, kind, _, cause, end, _, length, index, count, hardware_id, *_ = HEADER.unpack(header)
        if (magic, version, size) != (0x5246435A, 1, HEADER.size):
            raise ValueError("this is no stream of frames of version 1")
        yield kind, index, count, CAUSES.get(cause), ENDS.get(end), hardware_id, body.read(length)
        if kind == END:
            return


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("url", nargs="?", default="http://127.0.0.1:8421")
    arguments.add_argument("--stream", type=int, default=0)
    arguments.add_argument("--key", default="zarrcam-key.json", help="where what a pairing link gave is kept")
    options = arguments.parse_args()
    try:
        bridge = paired.reach(options.url, options.key, "frames.py")
    except paired.NotPaired as refusal:
        raise SystemExit(f"refused: {refusal}") from None
    connection = bridge.connection()
    connection.request("GET", f"/streams/{options.stream}/frames?run=next", headers=bridge.headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.read().decode().strip()}")
    # From here on nothing of the next recording is missed.
    print("waiting for a recording", flush=True)
    first = received = 0
    with open(options.file, "wb") as file:
        for kind, index, count, cause, end, hardware_id, payload in records(answer):
            if kind == BEGIN:
                first = index
                print(f"run {payload.decode()} from frame {first} on", flush=True)
            elif kind == FRAME:
                file.seek((index - first) * len(payload))
                file.write(payload)
                received += 1
            elif kind == LOST:
                print(f"{count} frames from {index} (the camera's {hardware_id}) on are lost: {cause}")
            elif kind == END:
                print(f"{end}: {received} frames received, {count} lost {payload.decode()}".rstrip())


if __name__ == "__main__":
    main()
