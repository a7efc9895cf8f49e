"""Reading while it is being written, from the disk and over `@live`: never an error, never a wrong pixel, and soon."""

import hashlib
import random
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
import tensorstore
import zarr

from documents import dimension, document
from recording import SIDE, UNTIL_STOPPED, Recording, took
from serving import serving
from uniform_random import uniform_random

CHANNELS = 3
# From the moment that the ledger was read, on a quiet machine.
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
    made = document("simulated: uniform random", storage, dimensions, UNTIL_STOPPED, str(uri))
    # Storage sets the pace: the camera waits, and nothing is dropped however busy the machine is.
    made["video"][0]["storage"]["write_delay_ms"] = 4
    return made


def step(index):
    return np.stack([uniform_random(index * CHANNELS + c, SIDE, SIDE) for c in range(CHANNELS)])


def has_ended(recording):
    return any(event["event"] == "run_ended" for _, event in recording.events)


def ledgers(recording):
    """(when it was read, frames stored), for each line."""
    return [(at, event["streams"][0]["ledger"]["stored"]) for at, event in recording.events if event["event"] == "stats"]


def opened_again_and_again(recording, where, spec, zarrita, whole_steps):
    """
    Reads a step in all three readers until they have seen it grow, and ends the run; the shapes that were seen, and how
    many whole steps there are at last. `whole_steps(shape)` are all there.
    """
    rng = random.Random(where)
    shapes, reads = [], 0
    while reads <= 20 or len({steps for _, steps in shapes}) <= 5:
        assert not has_ended(recording), recording.stderr
        shape = zarr.open(where, mode="r").shape[0]
        shapes.append((time.monotonic(), shape))
        steps = whole_steps(shape)
        if steps == 0:
            continue
        index = rng.choice([steps - 1, rng.randrange(steps)])
        expected = step(index)
        assert np.array_equal(zarr.open(where, mode="r")[index], expected), f"zarr-python, {index} of {steps}"
        # Opened anew, each with a shape of its own: what was there once stays.
        assert np.array_equal(tensorstore.open(spec).result()[index].read().result(), expected), f"TensorStore, {index}"
        assert zarrita.read(where, index)["sha256"] == hashlib.sha256(expected.tobytes()).hexdigest(), f"zarrita, {index}"
        reads += 1
    recording.interrupt()
    assert recording.end() == 0, recording.stderr
    steps, rest = divmod(recording.summary()["ledger"]["stored"], CHANNELS)
    assert zarr.open(where, mode="r").shape[0] == steps + (rest > 0)
    return shapes, steps


@pytest.mark.parametrize("kind", KINDS)
def test_the_disk(tmp_path, zarrita, kind):
    path = tmp_path / "out.zarr"
    spec = {"driver": "zarr3" if "V3" in kind else "zarr", "kvstore": {"driver": "file", "path": str(path / "0")}}
    recording = Recording(tmp_path, channels(uri=path, **KINDS[kind]))
    recording.wait_for_stored(1)
    shapes, steps = opened_again_and_again(recording, str(path / "0"), spec, zarrita, lambda shape: shape)
    if "raw" in kind:
        shapes.append((time.monotonic(), steps))
        delays_s = [
            next(seen_at for seen_at, seen in shapes if seen >= stored // CHANNELS) - at for at, stored in ledgers(recording)
        ]
        took("the slowest of the frames that were stored", max(delays_s), SHOWN_WITHIN_S)


class Look:
    """Asks for the newest frame that was called stored, as often as there is another one."""

    def __init__(self, recording, address):
        self.delays_s, self.failure = [], None
        self._recording, self._address = recording, address
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _is_there(self, frame_index):
        url = f"{self._address}/c/{frame_index // CHANNELS}/{frame_index % CHANNELS}/0/0"
        try:
            return urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10).status == 200
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return False

    def _work(self):
        try:
            seen = 0
            while not has_ended(self._recording):
                at, stored = ledgers(self._recording)[-1]
                if stored <= seen:
                    time.sleep(0.005)
                    continue
                while not self._is_there(stored - 1):
                    assert time.monotonic() - at < 60, f"frame {stored - 1} does not come"
                    time.sleep(0.005)
                self.delays_s.append(time.monotonic() - at)
                seen = stored
        except Exception as error:
            self.failure = error

    def end(self):
        self._thread.join()
        if self.failure:
            raise self.failure
        return self.delays_s


@pytest.mark.parametrize("kind", KINDS)
def test_live(tmp_path, zarrita, kind):
    with serving(tmp_path) as address:
        where = f"{address}/out.zarr/@live/0"
        spec = {"driver": "zarr3", "kvstore": {"driver": "http", "base_url": f"{where}/"}}
        recording = Recording(tmp_path, channels(uri=tmp_path / "out.zarr", **KINDS[kind]))
        recording.wait_for_stored(CHANNELS)
        look = Look(recording, where)
        # The step that is being written counts, and is there in part.
        _, steps = opened_again_and_again(recording, where, spec, zarrita, lambda shape: shape - 1)
        delays_s = look.end()
        assert len(delays_s) > 5
        took("the slowest of the newest frames", max(delays_s), SHOWN_WITHIN_S)
        array = zarr.open(where, mode="r")
        looked_at = random.Random(kind).sample(range(steps), min(steps, 60))
        assert all(np.array_equal(array[index], step(index)) for index in looked_at)
