"""kill -9 at random moments: what was called stored is there, bit for bit, after `recover`.

What is claimed is the last ledger line that was read from the killed process. ZARRCAM_SEED repeats a run,
ZARRCAM_KILLS says how many there are.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import subprocess
import time

import numpy as np
import pytest
import zarr

from commandline import CLI, zarrcam
from recording import Recording, frame, noise

SEED = int(os.environ.get("ZARRCAM_SEED") or random.SystemRandom().randrange(10**9))
KILLS = int(os.environ.get("ZARRCAM_KILLS", 10))

LAYOUTS = [
    {"storage": "ZarrV3", "shards": 2},
    {"storage": "ZarrBlosc1Lz4ByteShuffle"},
    {"storage": "ZarrV3Blosc1ZstdByteShuffle", "shards": 3},
    {"storage": "Zarr", "multiscale": {"method": "mean", "max_levels": 2}},
    {"storage": "ZarrV3Blosc1Lz4ByteShuffle", "shards": 2, "multiscale": {"method": "max", "max_levels": 0}},
    {"storage": "ZarrV3", "compression": {"codec": "zstd", "level": 1, "shuffle": "none"}, "durability": "second"},
    {"storage": "Zarr", "durability": "none"},
    {"storage": "ZarrBlosc1ZstdByteShuffle", "layer": 3, "multiscale": {"method": "decimate", "max_levels": 1}},
    {"storage": "ZarrV3Blosc1Lz4ByteShuffle", "layer": 100, "durability": "none"},
    {"storage": "ZarrV3", "shards": 1, "layer": 1, "tile": 64},
]


def contents(path):
    """Every file of a store with its bytes, the log apart: what a killed recovery has noted stays noted."""
    files = (file for file in path.rglob("*") if file.is_file() and file.name not in ("lock", "frames.log"))
    return {str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def reduced(plane, method):
    blocks = plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2)
    match method:
        case "mean":
            return ((blocks.sum((1, 3), dtype=np.uint32) + 2) // 4).astype(plane.dtype)
        case "max":
            return blocks.max((1, 3))
        case "decimate":
            return blocks[:, 0, :, 0]


def check(path, layout, claimed):
    """Every plane is its frame or fill; as many as were claimed are frames; coarser levels follow from the full one."""
    group = zarr.open(path, mode="r")
    levels = [group[name][:] for name in sorted(group.array_keys())]
    assert (len(levels) > 1) == ("multiscale" in layout)
    found = 0
    for frame_index, plane in enumerate(levels[0]):
        if plane.any():
            assert np.array_equal(plane, frame(frame_index)), f"frame {frame_index} is neither its frame nor fill"
            found += 1
        for coarse in levels[1:]:
            plane = reduced(plane, layout["multiscale"]["method"])
            assert np.array_equal(coarse[frame_index], plane), f"frame {frame_index} of a coarser level"
    assert found >= claimed, f"{claimed} were called stored, {found} are there"


def no_document_is_torn(path):
    """Whatever is at its name is whole; what was being made has another name."""
    for file in path.rglob("*"):
        if file.suffix == ".json" or file.name in (".zgroup", ".zattrs", ".zarray"):
            json.loads(file.read_text())


def reads_before_recovery(path):
    """zarr-python opens what a kill left, and sees frames and fill only where `shape` says there is something."""
    no_document_is_torn(path)
    array = zarr.open(path / "0", mode="r")
    for frame_index in range(array.shape[0]):
        plane = array[frame_index]
        assert not plane.any() or np.array_equal(plane, frame(frame_index)), f"frame {frame_index} before recovery"


def recover_and_kill(path, delay_s):
    """Kills a recovery so long after it has opened the store."""
    recover = subprocess.Popen([*CLI, "recover", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    handles = f"/proc/{recover.pid}/fd"
    while recover.poll() is None:
        with contextlib.suppress(OSError):
            if any(os.readlink(f"{handles}/{handle}").startswith(str(path)) for handle in os.listdir(handles)):
                break
    time.sleep(delay_s)
    recover.kill()
    recover.wait()


@pytest.mark.parametrize("number", range(KILLS))
def test_kill(tmp_path, driver, number):
    rng = random.Random(f"{SEED} {number}")
    layout = LAYOUTS[(SEED + number) % len(LAYOUTS)]
    print(f"ZARRCAM_SEED={SEED}, kill {number}, {layout}")
    path = tmp_path / "out.zarr"
    recording = Recording(tmp_path, noise(uri=path, exposure_time_us=rng.choice([500.0, 1000.0, 3000.0]), **layout))
    recording.wait_for(lambda event: event["event"] == "state" and event["state"] == "Running")
    time.sleep(rng.uniform(0, 1))
    recording.kill()
    reads_before_recovery(path)

    torn = tmp_path / "torn.zarr"
    shutil.copytree(path, torn)
    recover_and_kill(torn, rng.uniform(0, 0.05))
    reads_before_recovery(torn)

    driver.recover(path)
    check(path, layout, recording.last_ledger()["stored"])
    whole = contents(path)
    log = (path / "0/.zarrcam/frames.log").read_bytes()
    driver.recover(path)
    assert contents(path) == whole and (path / "0/.zarrcam/frames.log").read_bytes() == log, "a second recovery changes something"
    driver.recover(torn)
    assert contents(torn) == whole, "a kill during recovery changes something"

    # Stored lags captured by at most the queue and half a second.
    for stats in recording.stats():
        stream = stats["streams"][0]
        lag = stream["ledger"]["in_flight"]
        assert lag <= stream["queue"]["capacity"] + 0.5 * stream["rates"]["camera_fps"], stream


def test_recover_says_what_was_saved(tmp_path):
    path = tmp_path / "out.zarr"
    recording = Recording(tmp_path, noise("ZarrV3Blosc1Lz4ByteShuffle", path, shards=2))
    recording.wait_for_stored(100)
    recording.kill()
    assert json.loads(zarrcam("info", path, "--json").stdout)["state"] == "needs_recovery"
    said = zarrcam("recover", path).stdout
    info = json.loads(zarrcam("info", path, "--json").stdout)
    assert info["state"] == "closed" and info["frames_stored"] >= 100
    assert f"{info['frames_stored']} frames" in said


def test_nobody_recovers_what_is_being_written(tmp_path):
    path = tmp_path / "out.zarr"
    recording = Recording(tmp_path, noise("ZarrBlosc1Lz4ByteShuffle", path, frames=600, exposure_time_us=4000.0))
    recording.wait_for_stored(1)
    refused = zarrcam("recover", path, check=False)
    assert refused.returncode == 1 and str(path) in refused.stderr and "being written" in refused.stderr
    assert recording.end() == (0 if recording.summary()["ledger"]["dropped"] == 0 else 1)
    check(path, {}, recording.summary()["ledger"]["stored"])
