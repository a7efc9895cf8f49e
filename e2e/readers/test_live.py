"""`@live` of open and of closed datasets, copied to folders, read by zarr-python and TensorStore.

`cargo test -p zarrcam-storage --test together live_readers` writes the fixtures and runs this file on them:
python test_live.py FOLDER. Under pytest the folder comes from ZARRCAM_LIVE_FIXTURES.
"""
import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(sys.argv[1]) if __name__ == "__main__" else Path(os.environ.get("ZARRCAM_LIVE_FIXTURES", ""))


def copies():
    found = json.loads((FOLDER / "live.json").read_text())
    assert found, "live.json lists nothing"
    return found


def expected_of(copy):
    return np.fromfile(FOLDER / f"{copy['name']}.raw", copy["dtype"]).reshape(copy["shape"])


def same(read, expected):
    return read.dtype == expected.dtype and read.shape == expected.shape and read.tobytes() == expected.tobytes()


def halved(plane):
    """The mean of 2 x 2 pixels; at an odd edge of those that there are."""
    plane = plane.astype("f8")
    sums = np.add.reduceat(np.add.reduceat(plane, range(0, plane.shape[0], 2), 0), range(0, plane.shape[1], 2), 1)
    ones = np.ones_like(plane)
    counts = np.add.reduceat(np.add.reduceat(ones, range(0, plane.shape[0], 2), 0), range(0, plane.shape[1], 2), 1)
    return sums / counts


def test_zarr_python():
    import zarr

    warnings.simplefilter("error")
    for copy in copies():
        group = zarr.open_group(FOLDER / copy["name"], mode="r", zarr_format=3)
        assert sorted(group.array_keys()) == [str(level) for level in range(copy["levels"])], copy
        assert group.attrs["zarrcam"]["closed"] == copy["name"].endswith("closed"), copy
        array = group["0"]
        assert array.shards[:3] == array.chunks[:3] == (1, 1, 1), "a shard is a frame"
        assert array.metadata.dimension_names == ("t", "c", "z", "y", "x")
        expected = expected_of(copy)
        assert same(array[:], expected), copy
        assert (expected != 0).any(), "nothing was compared"
        if copy["levels"] > 1:
            # z is halved as well: planes 0 and 1 of the first volume.
            mean = np.mean([halved(plane) for plane in expected[0, 0, :2]], axis=0)
            assert np.abs(group["1"][0, 0, 0].astype("f8") - mean).max() <= 1, copy


def test_tensorstore():
    import tensorstore as ts

    for copy in copies():
        path = str(FOLDER / copy["name"] / "0")
        array = ts.open({"driver": "zarr3", "kvstore": {"driver": "file", "path": path}}, read=True).result()
        assert array.domain.labels == ("t", "c", "z", "y", "x"), copy
        assert same(array.read().result(), expected_of(copy)), copy


def test_ome_zarr_models():
    import zarr
    from ome_zarr_models.v05 import Image

    warnings.simplefilter("default")
    for copy in copies():
        image = Image.from_zarr(zarr.open_group(FOLDER / copy["name"], mode="r", zarr_format=3))
        [multiscale] = image.attributes.ome.multiscales
        assert [axis.name for axis in multiscale.axes] == ["t", "c", "z", "y", "x"], copy
        assert len(multiscale.datasets) == copy["levels"], copy


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed", name)
