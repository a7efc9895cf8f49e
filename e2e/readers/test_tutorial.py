"""The tutorial's store and its variants, pixel by pixel, in zarr-python and TensorStore."""

import json

import numpy as np
import pytest
import tensorstore
import zarr

from documents import NAMES, document, radial_sine, tutorial_dimensions
from uniform_random import uniform_random

SHAPE = (10, 3, 10, 1080, 1920)
CHUNKS = (10, 1, 5, 540, 960)


def open_tensorstore(path, version):
    return tensorstore.open({"driver": "zarr3" if version == 3 else "zarr", "kvstore": {"driver": "file", "path": str(path / "0")}}).result()


def axes_and_scale(path, version):
    attributes = json.loads((path / ("zarr.json" if version == 3 else ".zattrs")).read_text())
    attributes = attributes["attributes"]["ome"] if version == 3 else attributes
    assert attributes["version" if version == 3 else "multiscales"] in ("0.5", attributes.get("multiscales"))
    [multiscale] = attributes["multiscales"]
    [dataset] = multiscale["datasets"]
    assert dataset["path"] == "0"
    return multiscale["axes"], dataset["coordinateTransformations"]


def check_group(path, version, shape=SHAPE, chunks=CHUNKS):
    group = zarr.open(path, mode="r")
    assert list(group.array_keys()) == ["0"] and group.metadata.zarr_format == version
    array = group["0"]
    assert (array.shape, array.chunks, array.dtype) == (shape, chunks, np.uint8)
    axes, transformations = axes_and_scale(path, version)
    assert [(axis["name"], axis["type"]) for axis in axes] == [
        ("t", "time"), ("c", "channel"), ("z", "space"), ("y", "space"), ("x", "space"),
    ]  # fmt: skip
    assert transformations[0] == {"type": "scale", "scale": [1.0] * 5}
    return array


def test_tutorial_reads_as_the_radial_sine(tmp_path, acquire):
    summary = acquire(
        document("simulated: radial sin", "Zarr", tutorial_dimensions(), 300, "out.zarr", exposure_time_us=70000.0, pixel_scale_um=[0.0, 0.0])
    )
    assert summary["streams"][0]["ledger"]["stored"] == 300
    array = check_group(tmp_path / "out.zarr", 2)
    other = open_tensorstore(tmp_path / "out.zarr", 2)
    for place in range(300):
        t, rest = divmod(place, 30)
        c, z = divmod(rest, 10)
        frame = array[t, c, z]
        assert np.abs(frame - radial_sine(place, 0.07, 1920, 1080)).max() <= 1, f"frame {place}"
        if place % 30 == 7:
            assert np.array_equal(frame, other[t, c, z].read().result())


@pytest.mark.parametrize("shards", [(0, 0, 0, 0, 0), (2, 2, 2, 3, 1)], ids=["chunks", "shards"])
@pytest.mark.parametrize("name", NAMES)
def test_noise_is_exact_in_every_kind(tmp_path, acquire, name, shards):
    version = 3 if "V3" in name else 2
    if version == 2 and any(shards):
        done = document("simulated: uniform random", name, tutorial_dimensions(shards), 30, "out.zarr")
        from conftest import zarrcam

        (tmp_path / "c.json").write_text(json.dumps(done))
        refused = zarrcam("acquire", tmp_path / "c.json", "--json", check=False, cwd=tmp_path)
        assert refused.returncode != 0 and "shard_size_chunks" in refused.stderr + refused.stdout
        assert not (tmp_path / "out.zarr").exists()
        return
    acquire(document("simulated: uniform random", name, tutorial_dimensions(shards), 300, "out.zarr"))
    array = check_group(tmp_path / "out.zarr", version)
    if any(shards):
        assert array.shards == (10, 3, 10, 1080, 1920)
    other = open_tensorstore(tmp_path / "out.zarr", version)
    assert other.shape == SHAPE and other.chunk_layout.read_chunk.shape == CHUNKS
    # Chunk by chunk: a chunk is decoded once, not once a frame.
    for c in range(3):
        for z0 in (0, 5):
            block = array[:, c, z0 : z0 + 5]
            assert np.array_equal(block, other[:, c, z0 : z0 + 5].read().result())
            for t in range(10):
                for z in range(5):
                    place = t * 30 + c * 10 + z0 + z
                    assert np.array_equal(block[t, z], uniform_random(place, 1920, 1080, "U8")), f"frame {place}"
