"""A small store of every kind: each device, with shards and without, with a pyramid and without, and the codecs that no device has."""

import json

import numpy as np
import pytest

from documents import NAMES, dimension, document
from model import factors_of, reduced
from uniform_random import uniform_random

AXES = [
    dimension("x", "Space", 150, 64),
    dimension("y", "Space", 90, 50),
    # Odd: a pyramid must not halve across volumes.
    dimension("z", "Space", 3, 2),
    dimension("c", "Channel", 2, 1),
    dimension("t", "Time", 0, 3),
]
STEPS = 7
FRAMES = 3 * 2 * STEPS

CODECS = {
    "zstd": {"codec": "zstd", "level": 3, "shuffle": "none"},
    "lz4, bits": {"codec": "blosc-lz4", "level": 5, "shuffle": "bit"},
    "zstd, no shuffle": {"codec": "blosc-zstd", "level": 3, "shuffle": "none"},
}


def _kinds():
    for name in NAMES:
        for shards in (0, 2) if "V3" in name else (0,):
            for pyramid in (False, True):
                yield (name, shards, pyramid, None), f"{name}{', shards' * bool(shards)}{', pyramid' * pyramid}"
    for codec in CODECS:
        for name, shards in (("Zarr", 0), ("ZarrV3", 0), ("ZarrV3", 2)):
            yield (name, shards, True, codec), f"{name}{', shards' * bool(shards)}, {codec}, pyramid"


KINDS = [pytest.param(kind, id=name) for kind, name in _kinds()]
with_every_kind = pytest.mark.parametrize("store", KINDS, indirect=True)


class KindOfStore:
    """What a store is, and what its levels must be."""

    def __init__(self, path, kind):
        self.path = path
        name, self.shards, self.pyramid, self.codec = kind
        self.version = 3 if "V3" in name else 2
        frames = [uniform_random(frame_index, 150, 90, "U16") for frame_index in range(FRAMES)]
        self.full = np.stack(frames).reshape(STEPS, 2, 3, 90, 150)

    @property
    def attributes(self):
        document = json.loads((self.path / ("zarr.json" if self.version == 3 else ".zattrs")).read_text())
        return document["attributes"] if self.version == 3 else document

    def levels(self):
        """(key, what it must hold), the full one first."""
        array, there = self.full, np.ones((STEPS, 2, 3), bool)
        yield "0", array
        factors = factors_of(self.path, self.version)
        for level in range(1, len(factors)):
            step = [a // b for a, b in zip(factors[level], factors[level - 1], strict=True)]
            array, there = reduced(array, there, "mean", step)
            yield str(level), array


def record_kind(driver, path, kind):
    name, shards, pyramid, codec = kind
    settings = {"multiscale": {"method": "mean", "max_levels": 2}} if pyramid else {}
    if codec:
        settings["compression"] = CODECS[codec]
    dimensions = [{**d, "shard_size_chunks": shards} for d in AXES]
    made = document("simulated: uniform random", name, dimensions, FRAMES, str(path), pixel_type="U16", **settings)
    answer = driver.record(made)
    assert answer["error"] is None, answer["error"]
    return KindOfStore(path, kind)
