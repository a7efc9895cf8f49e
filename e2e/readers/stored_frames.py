"""stored_frames.py STORE: how many frames the store calls stored and lost, and of how many zarr-python reads pixels. No pixel of a frame may be 0 throughout."""

import csv
import json
import sys
from pathlib import Path

import numpy
import zarr

store = Path(sys.argv[1])
with (store / "0/.zarrcam/frames.csv").open() as table:
    states = {int(row["frame_index"]): row["state"] for row in csv.DictReader(table)}
array = zarr.open_array(store, path="0", mode="r")
planes = array[:].reshape(-1, *array.shape[-2:])
stored = [index for index, state in states.items() if state == "stored"]
readable = sum(index < len(planes) and bool(numpy.any(planes[index])) for index in stored)
print(json.dumps({"stored": len(stored), "lost": len(states) - len(stored), "readable": readable}))
