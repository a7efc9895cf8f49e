"""Awkward shapes: small frames, ragged chunks on every axis, chunks larger than the array, 3 to 6 dimensions."""

from itertools import permutations

import numpy as np
import pytest
import zarr

from documents import DTYPES, NAMES, dimension, document
from uniform_random import uniform_random

X, Y = dimension("x", "Space", 47, 16), dimension("y", "Space", 33, 10)
SHAPES = {
    "3 dimensions": [X, Y, dimension("t", "Time", 0, 4)],
    "z = 1": [X, Y, dimension("z", "Space", 1, 1), dimension("t", "Time", 0, 4)],
    "c = 1": [X, Y, dimension("z", "Space", 3, 2), dimension("c", "Channel", 1, 1), dimension("t", "Time", 0, 3)],
    "5 dimensions, ragged": [X, Y, dimension("z", "Space", 5, 2), dimension("c", "Channel", 3, 2), dimension("t", "Time", 0, 3)],
    "6 dimensions": [
        X, Y, dimension("z", "Space", 2, 2), dimension("c", "Channel", 2, 1), dimension("p", "Other", 3, 2), dimension("t", "Time", 0, 2),
    ],
    "chunk larger than the array": [
        dimension("x", "Space", 47, 64), dimension("y", "Space", 33, 50), dimension("z", "Space", 2, 5), dimension("t", "Time", 0, 100),
    ],
    "fixed append dimension": [X, Y, dimension("z", "Space", 4, 3), dimension("t", "Time", 5, 2)],
}  # fmt: skip


def read_back(path, dimensions, frames, pixel_type):
    array = zarr.open(path / "0", mode="r")
    inner = [d["array_size_px"] for d in reversed(dimensions[2:-1])]
    per_step = int(np.prod(inner, dtype=int))
    steps = dimensions[-1]["array_size_px"] or -(-frames // per_step)
    assert array.shape == (steps, *inner, 33, 47)
    assert array.chunks == tuple(d["chunk_size_px"] for d in reversed(dimensions))
    assert array.dtype == np.dtype(DTYPES[pixel_type])
    planes = array[:].reshape(-1, 33, 47)
    for frame_index in range(len(planes)):
        wanted = uniform_random(frame_index, 47, 33, pixel_type) if frame_index < frames else 0
        assert np.array_equal(planes[frame_index], np.broadcast_to(wanted, (33, 47))), f"frame {frame_index}"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("storage", NAMES)
def test_shape(tmp_path, acquire, storage, shape):
    frames = 17
    acquire(document("simulated: uniform random", storage, SHAPES[shape], frames, "out.zarr"))
    read_back(tmp_path / "out.zarr", SHAPES[shape], frames, "U8")


@pytest.mark.parametrize("storage", NAMES[3:])
def test_ragged_shards(tmp_path, acquire, storage):
    dimensions = [
        {**d, "shard_size_chunks": s} for d, s in zip(SHAPES["5 dimensions, ragged"], (2, 3, 2, 1, 2), strict=True)
    ]
    acquire(document("simulated: uniform random", storage, dimensions, 100, "out.zarr"))
    read_back(tmp_path / "out.zarr", dimensions, 100, "U8")


@pytest.mark.parametrize("pixel_type", DTYPES)
@pytest.mark.parametrize("storage", ["Zarr", "ZarrV3Blosc1Lz4ByteShuffle"])
def test_pixel_types(tmp_path, acquire, storage, pixel_type):
    dimensions = SHAPES["5 dimensions, ragged"]
    acquire(document("simulated: uniform random", storage, dimensions, 20, "out.zarr", pixel_type=pixel_type))
    read_back(tmp_path / "out.zarr", dimensions, 20, pixel_type)


@pytest.mark.parametrize("order", ["".join(order) for order in permutations("tczp")])
def test_every_storage_order(tmp_path, acquire, order):
    """Acquired with z the fastest, then c, then p, then t; stored as named."""
    sharded = order < "pt"  # half of them
    sizes = {"z": 3, "c": 2, "p": 2, "t": 0}
    kinds = {"z": "Space", "c": "Channel", "p": "Other", "t": "Time"}
    outer = [dimension(name, kinds[name], size, 2, int(sharded)) for name, size in sizes.items()]
    dimensions = [{**X, "shard_size_chunks": 2 * sharded}, {**Y, "shard_size_chunks": 3 * sharded}, *outer]
    storage = "ZarrV3Blosc1Lz4ByteShuffle" if sharded else "Zarr"
    frames = 3 * 12 - 1
    acquire(document("simulated: uniform random", storage, dimensions, frames, "out.zarr", storage_order=[*order, "y", "x"]))
    planes = np.zeros((36, 33, 47), "u1")
    planes[:frames] = [uniform_random(frame_index, 47, 33, "U8") for frame_index in range(frames)]
    expected = planes.reshape(3, 2, 2, 3, 33, 47).transpose(*("tpcz".index(name) for name in order), 4, 5)
    assert np.array_equal(zarr.open(tmp_path / "out.zarr/0", mode="r")[:], expected)
