"""Random dimensions, chunks, shards, orders, pixel types, codecs, pyramids, frame counts and drops, read back bit for bit.

ZARRCAM_SEED repeats a run, ZARRCAM_CASES says how many cases there are.
"""

import json
import math
import os
import random
from collections import Counter

import numpy as np
import pytest
import tensorstore
import zarr

from commandline import assert_exact
from documents import DTYPES, NAMES, dimension, document
from model import factors_of, placed, reduced
from uniform_random import uniform_random

SEED = int(os.environ.get("ZARRCAM_SEED") or random.SystemRandom().randrange(10**9))
CASES = int(os.environ.get("ZARRCAM_CASES", 30))


def compression(rng):
    codec = rng.choice(["none", "blosc-lz4", "blosc-zstd", "zstd"])
    level = rng.randint(-3, 6) if codec == "zstd" else rng.randint(0, 9)
    return {"codec": codec, "level": level, "shuffle": rng.choice(["none", "byte", "bit"]) if "blosc" in codec else "none"}


def random_case(rng):
    """A document, how many frames it asks for, and its storage order or None."""
    storage = rng.choice(NAMES)
    width, height = rng.randint(1, 90), rng.randint(1, 60)
    multiscale = rng.random() < 0.4
    kinds = [("z", "Space"), ("c", "Channel"), ("p", "Other"), ("q", "Other")]
    inner = rng.sample(kinds[:2] if multiscale else kinds, rng.randint(0, 2 if multiscale else 3))
    sharded = "V3" in storage and rng.random() < 0.5
    shard = lambda: rng.randint(1, 3) if sharded else 0
    ragged = lambda size: rng.randint(max(1, size // 4), size + 3)
    dimensions = [
        dimension("x", "Space", width, ragged(width), shard()),
        dimension("y", "Space", height, ragged(height), shard()),
        *(dimension(name, kind, (size := rng.randint(1, 5)), rng.randint(1, size + 1), shard()) for name, kind in inner),
    ]
    per_step = math.prod(d["array_size_px"] for d in dimensions[2:])
    steps = rng.randint(1, 9)
    dimensions.append(dimension("t", "Time", rng.choice([0, steps]), rng.randint(1, 5), shard()))
    # A fixed one may end early, an array that grows is as long as what came.
    least = 1 if dimensions[-1]["array_size_px"] else (steps - 1) * per_step + 1
    frames = rng.randint(least, steps * per_step)
    for axis in dimensions[2:-1]:
        if axis["kind"] == "Space":
            axis["scale"] = rng.choice([0.3, 1.0, 1.0, 2.5])
    order = None
    if multiscale:
        order = [name for name in "tcz" if name == "t" or name in dict(inner)]
    elif rng.random() < 0.5:
        order = rng.sample([name for name, _ in inner] + ["t"], len(inner) + 1)
    settings = {"durability": rng.choice(["none", "none", "layer", "second"])}
    if order:
        settings["storage_order"] = [*order, "y", "x"]
    if rng.random() < 0.5:
        settings["compression"] = compression(rng)
    if multiscale:
        settings["multiscale"] = {"method": rng.choice(["mean", "decimate", "min", "max"]), "max_levels": rng.randint(0, 3)}
    # A camera that is faster than the machine: what nobody was ready for is dropped.
    exposure_time_us = rng.choice([0.0, 0.0, 2.0, 6.0, 15.0])
    pixel_type = rng.choice(list(DTYPES))
    return document(
        "simulated: uniform random", storage, dimensions, frames, "", pixel_type=pixel_type, exposure_time_us=exposure_time_us, **settings
    )


def same(read, expected):
    return read.dtype == expected.dtype and read.shape == expected.shape and read.tobytes() == expected.tobytes()


def features(case):
    """What a case tries."""
    [stream] = case["video"]
    camera, storage = stream["camera"]["settings"], stream["storage"]["settings"]
    dimensions = storage["acquisition_dimensions"]
    yield stream["storage"]["identifier"]["name"]
    yield camera["pixel_type"]
    yield f"{len(dimensions)} dimensions"
    capacity = math.prod(d["array_size_px"] for d in dimensions[2:])
    yield "grows" if capacity == 0 else "fixed, full" if capacity == stream["max_frame_count"] else "fixed, ends early"
    if "compression" in storage:
        yield "{codec}, {shuffle}".format(**storage["compression"])
    if dimensions[0]["shard_size_chunks"]:
        yield "shards"
    if "storage_order" in storage:
        yield "t is not first" if storage["storage_order"][0] != "t" else "order"
    if camera["exposure_time_us"] > 0:
        yield "may drop"
    if any(d["array_size_px"] and d["chunk_size_px"] > d["array_size_px"] for d in dimensions):
        yield "a chunk larger than the array"
    if "multiscale" in storage:
        sizes = {d["name"]: d["array_size_px"] for d in dimensions}
        if sizes["x"] % 2 or sizes["y"] % 2:
            axes = "3-D" if sizes.get("z", 1) in (3, 5) else "2-D"
            yield f"{storage['multiscale']['method']}, {axes}, odd"


def test_the_cases_reach_everything():
    seen = Counter(feature for number in range(1000) for feature in features(random_case(random.Random(f"features {number}"))))
    wanted = {
        *NAMES,
        *DTYPES,
        *(f"{count} dimensions" for count in (3, 4, 5, 6)),
        *("grows", "fixed, full", "fixed, ends early", "shards", "order", "t is not first", "may drop", "a chunk larger than the array"),
        *(f"{codec}, {shuffle}" for codec in ("blosc-lz4", "blosc-zstd") for shuffle in ("none", "byte", "bit")),
        *("none, none", "zstd, none"),
        *(f"{method}, {axes}, odd" for method in ("mean", "decimate", "min", "max") for axes in ("2-D", "3-D")),
    }
    assert {feature: seen[feature] for feature in wanted if seen[feature] < 10} == {}


def whole(answer):
    """What a writer says of its run, when it went well."""
    assert answer["error"] is None, answer["error"]
    return answer


@pytest.mark.parametrize("number", range(CASES))
def test_random_case(tmp_path, driver, zarrita, number):
    case = random_case(random.Random(f"{SEED} {number}"))
    print(f"ZARRCAM_SEED={SEED}, case {number}:\n{json.dumps(case)}")
    path = tmp_path / "out.zarr"
    [stream] = case["video"]
    stream["storage"]["settings"]["uri"] = str(path)
    answer = whole(driver.record(case))
    [ended] = answer["summary"]["streams"]
    lost = {frame_index for lost_range in answer["losses"][0]["ranges"] for frame_index in range(lost_range["first_frame_index"], lost_range["first_frame_index"] + lost_range["count"])}
    assert not lost or stream["camera"]["settings"]["exposure_time_us"] > 0
    assert_holds(path, case, ended["ledger"], lost, zarrita)


@pytest.mark.parametrize("number", range(math.ceil(CASES / 2)))
def test_random_case_in_the_browser(tmp_path, browser_writer, zarrita, number):
    """The writer in wasm, into files that have the rules of the browser's own storage. Which frames are lost is chosen."""
    rng = random.Random(f"browser {SEED} {number}")
    case = random_case(rng)
    print(f"ZARRCAM_SEED={SEED}, case {number}:\n{json.dumps(case)}")
    path = tmp_path / "out.zarr"
    [stream] = case["video"]
    stream["storage"]["settings"]["uri"] = "out.zarr"
    # The last one shows where the run ends.
    share = rng.choice([0, 0, 0.1, 0.5])
    lost = {frame_index for frame_index in range(stream["max_frame_count"] - 1) if rng.random() < share}
    told = rng.random() < 0.5
    answer = whole(browser_writer.ask({"configuration": case, "drops": sorted(lost), "told": told, "folder": str(path)}))
    assert_holds(path, case, answer["ledger"], lost, zarrita)


def assert_holds(path, case, ledger, lost, zarrita):
    """A store holds all frames of a case but the lost ones, bit for bit, and so do its zoom levels."""
    [stream] = case["video"]
    camera, storage = stream["camera"]["settings"], stream["storage"]["settings"]
    assert_exact(ledger)
    frames = stream["max_frame_count"]
    assert ledger["array_frames"] == frames
    assert len(lost) == ledger["dropped"]

    dimensions = storage["acquisition_dimensions"]
    per_step = math.prod(d["array_size_px"] for d in dimensions[2:-1])
    steps = dimensions[-1]["array_size_px"] or math.ceil(frames / per_step)
    pictures = [
        None if frame_index in lost else uniform_random(frame_index, *camera["shape"], camera["pixel_type"]) for frame_index in range(frames)
    ]
    order = storage.get("storage_order")
    expected, there = placed(pictures, dimensions, order, steps)

    version = 3 if "V3" in stream["storage"]["identifier"]["name"] else 2
    group = zarr.open(path, mode="r")
    names = sorted(group.array_keys())
    assert "multiscale" in storage or names == ["0"]
    by_name = {d["name"]: d for d in dimensions}
    axes = [by_name[name] for name in order] if order else dimensions[::-1]
    array = group["0"]
    assert array.chunks == tuple(d["chunk_size_px"] for d in axes)
    if dimensions[0]["shard_size_chunks"]:
        assert array.shards == tuple(d["chunk_size_px"] * d["shard_size_chunks"] for d in axes)
    # Without a pyramid the axes may be such that OME-NGFF cannot express them.
    factors = factors_of(path, version) if "multiscale" in storage else [[1]]
    assert len(factors) == len(names)
    for level, name in enumerate(names):
        if level > 0:
            step = [a // b for a, b in zip(factors[level], factors[level - 1], strict=True)]
            assert step[0] == 1 and 2 in step, "time is never reduced"
            expected, there = reduced(expected, there, storage["multiscale"]["method"], step)
        assert same(group[name][:], expected), f"level {name} in zarr-python"
        driver_name = "zarr3" if version == 3 else "zarr"
        other = tensorstore.open({"driver": driver_name, "kvstore": {"driver": "file", "path": str(path / name)}}).result()
        assert np.array_equal(other.read().result(), expected), f"level {name} in TensorStore"
        assert zarrita.agrees(path / name, expected), f"level {name} in zarrita"
