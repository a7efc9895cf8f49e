"""Reading from the disk while it is being written: never an error, never a wrong pixel, and raw layouts grow at once."""

import hashlib
import random
import time

import numpy as np
import pytest
import tensorstore
import zarr

from documents import dimension, document
from recording import SIDE, Recording
from uniform_random import uniform_random

CHANNELS = 3
FRAMES = 900
# From the moment that the ledger was read.
SHOWN_WITHIN_S = 1

KINDS = {
    "raw V2": {"storage": "Zarr"},
    "raw V3, shards": {"storage": "ZarrV3", "shard": 2},
    "lz4 V2": {"storage": "ZarrBlosc1Lz4ByteShuffle"},
    "zstd V3, shards": {"storage": "ZarrV3Blosc1ZstdByteShuffle", "shard": 2},
}


def channels(storage, uri, shard=0):
    dimensions = [
        dimension("x", "Space", SIDE, 100, shard),
        dimension("y", "Space", SIDE, 128, shard),
        dimension("c", "Channel", CHANNELS, 2, shard),
        dimension("t", "Time", 0, 4, shard),
    ]
    made = document("simulated: uniform random", storage, dimensions, FRAMES, str(uri))
    # Storage sets the pace: the camera waits, and nothing is dropped however busy the machine is.
    made["video"][0]["storage"]["write_delay_ms"] = 4
    return made


def step(index):
    return np.stack([uniform_random(index * CHANNELS + c, SIDE, SIDE) for c in range(CHANNELS)])


@pytest.mark.parametrize("kind", KINDS)
def test_reading_while_writing(tmp_path, zarrita, kind):
    path = tmp_path / "out.zarr"
    version = 3 if "V3" in kind else 2
    spec = {"driver": f"zarr{'' if version == 2 else 3}", "kvstore": {"driver": "file", "path": str(path / "0")}}
    rng = random.Random(kind)
    recording = Recording(tmp_path, channels(uri=path, **KINDS[kind]))
    recording.wait_for_stored(1)
    shapes, reads = [], 0
    while not any(event["event"] == "run_ended" for _, event in recording.events):
        steps = zarr.open(path / "0", mode="r").shape[0]
        shapes.append((time.monotonic(), steps))
        if steps == 0:
            continue
        index = rng.choice([steps - 1, rng.randrange(steps)])
        expected = step(index)
        assert np.array_equal(zarr.open(path / "0", mode="r")[index], expected), f"zarr-python, {index} of {steps}"
        # Opened anew, each with a shape of its own: what was there once stays.
        assert np.array_equal(tensorstore.open(spec).result()[index].read().result(), expected), f"TensorStore, {index}"
        assert zarrita.read(path / "0", index)["sha256"] == hashlib.sha256(expected.tobytes()).hexdigest(), f"zarrita, {index}"
        reads += 1
    assert recording.end() == 0, recording.stderr
    assert zarr.open(path / "0", mode="r").shape[0] == FRAMES // CHANNELS
    assert reads > 20 and len({steps for _, steps in shapes}) > 5
    if "raw" in kind:
        ledgers = [(at, event["streams"][0]["ledger"]["places"]) for at, event in recording.events if event["event"] == "stats"]
        shapes.append((time.monotonic(), FRAMES // CHANNELS))
        for at, places in ledgers:
            shown_at = next(seen_at for seen_at, steps in shapes if steps >= places // CHANNELS)
            assert shown_at - at < SHOWN_WITHIN_S, f"{places} places were stored, and not shown for {shown_at - at:.1f} s"
