"""Chunks and small stores of the Rust encoder, read by numcodecs, zarr-python and TensorStore.

`cargo test -p zarrcam-zarr --test together codec_readers` writes the fixtures and runs this file on them:
python test_codecs.py FOLDER. Under pytest the folder comes from ZARRCAM_CODEC_FIXTURES.
"""
import json
import os
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1]) if __name__ == "__main__" else Path(os.environ.get("ZARRCAM_CODEC_FIXTURES", ""))

if __name__ != "__main__" and not os.environ.get("ZARRCAM_CODEC_FIXTURES"):
    import pytest

    pytest.skip("ZARRCAM_CODEC_FIXTURES names no folder of fixtures", allow_module_level=True)


def skip(reason):
    if __name__ != "__main__":
        import pytest

        pytest.skip(reason)
    print("skipped:", reason)


def cases(name):
    found = json.loads((FOLDER / name).read_text())
    assert found, f"{name} lists nothing"
    return found


def test_numcodecs_decodes_chunks_and_tiles():
    import numcodecs

    for case in cases("chunks.json"):
        codec = {"blosc": numcodecs.Blosc, "zstd": numcodecs.Zstd}[case["reader"]]()
        expected = (FOLDER / f"{case['name']}.decoded").read_bytes()
        chunk = (FOLDER / f"{case['name']}.chunk").read_bytes()
        assert bytes(codec.decode(chunk)) == expected, case
        tile = (FOLDER / f"{case['name']}.tile").read_bytes()
        start = case["tile_slot"] * case["tile_bytes"]
        assert bytes(codec.decode(tile)) == expected[start : start + case["tile_bytes"]], case


def expected_of(case):
    import numpy as np

    return np.fromfile(FOLDER / f"{case['name']}.raw", case["dtype"]).reshape(case["shape"])


def same(read, expected):
    # Bytes, so that not-a-number equals itself.
    return read.dtype == expected.dtype and read.shape == expected.shape and read.tobytes() == expected.tobytes()


def test_zarr_python_reads_stores():
    import warnings

    import zarr

    warnings.simplefilter("error")
    for case in cases("stores.json"):
        group = zarr.open_group(FOLDER / case["name"], mode="r", zarr_format=case["version"])
        assert list(group.array_keys()) == ["0"], case
        array = group["0"]
        assert same(array[:], expected_of(case)), case
        assert array.attrs["made by"] == "a test"
        assert array.attrs["zarrcam"]["notes"]["sample"] == "HeLa"


def test_tensorstore_reads_stores():
    import tensorstore as ts

    for case in cases("stores.json"):
        driver = {2: "zarr", 3: "zarr3"}[case["version"]]
        path = str(FOLDER / case["name"] / "0")
        array = ts.open({"driver": driver, "kvstore": {"driver": "file", "path": path}}, read=True).result()
        assert same(array.read().result(), expected_of(case)), case
        if case["version"] == 3:
            assert array.domain.labels == ("t", "y", "x"), case


def test_ome_zarr_models_accepts_the_groups():
    import zarr

    try:
        from ome_zarr_models.v04 import Image as Image04
        from ome_zarr_models.v05 import Image as Image05
    except ImportError:
        skip("ome-zarr-models is not installed")
        return

    for case in cases("stores.json"):
        group = zarr.open_group(FOLDER / case["name"], mode="r", zarr_format=case["version"])
        image = {2: Image04, 3: Image05}[case["version"]].from_zarr(group)
        attributes = image.attributes if case["version"] == 2 else image.attributes.ome
        axes = [(axis.name, axis.type, axis.unit) for axis in attributes.multiscales[0].axes]
        assert axes == [("t", "time", "second"), ("y", "space", "micrometer"), ("x", "space", "micrometer")]


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed", name)
