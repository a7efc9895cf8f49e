"""What goes wrong is said at once, with the file and the cause; what was published stays whole; nothing hangs."""

import ctypes
import json
import os
import random
import resource
import shutil
import subprocess
import time
from contextlib import contextmanager

import numpy as np
import pytest
import tifffile
import zarr

from commandline import zarrcam
from recording import SIDE, Recording, frame, noise, took

SEED = int(os.environ.get("ZARRCAM_SEED") or random.SystemRandom().randrange(10**9))
# From the fault to the first word of it, on a quiet machine.
SAID_WITHIN_S = 2

ZARRS = {
    "Zarr": {},
    "ZarrV3, shards": {"storage": "ZarrV3", "shards": 2},
    "ZarrBlosc1Lz4ByteShuffle": {},
    "ZarrV3Blosc1ZstdByteShuffle, shards": {"storage": "ZarrV3Blosc1ZstdByteShuffle", "shards": 2},
}


def of_kind(kind, uri, **more):
    return noise(**({"storage": kind, "uri": uri} | ZARRS.get(kind, {}) | more))


def told(event):
    """The event says that storage failed."""
    if event["event"] == "stats":
        return event["streams"][0]["error"] is not None
    return event["event"] == "error" or (event["event"] == "log" and event["level"] == "error")


def is_kept(plane, frame_index):
    """Whether the plane is its frame. What is no frame must be fill: never a part, never another one."""
    if np.array_equal(plane, frame(frame_index)):
        return True
    assert not plane.any(), f"frame {frame_index} is neither its frame nor fill"
    return False


def kept(path):
    """The frame indices of a store whose frame is there."""
    array = zarr.open(path / "0", mode="r")
    return [frame_index for frame_index in range(array.shape[0]) if is_kept(array[frame_index], frame_index)]


def owed(recording):
    """The frame indices that are stored: what was captured but for what the ledger lists. A busy machine may lose some before the fault."""
    ledger = recording.summary()["ledger"]
    losses = recording.stats()[-1]["streams"][0]["losses"]
    assert losses["total"] == len(losses["ranges"])
    lost = {frame_index for lost_range in losses["ranges"] for frame_index in range(lost_range["first_frame_index"], lost_range["first_frame_index"] + lost_range["count"])}
    indices = [frame_index for frame_index in range(ledger["captured"]) if frame_index not in lost]
    assert len(indices) == ledger["stored"]
    return indices


def check_failed_store(path, recording):
    """All that `shape` promises is there, but for what the ledger lists; after `recover`, all that was called stored."""
    stored = owed(recording)
    shape = zarr.open(path / "0", mode="r").shape[0]
    assert kept(path) == [frame_index for frame_index in stored if frame_index < shape]
    zarrcam("recover", path)
    assert kept(path) == stored


def runs(*command):
    return subprocess.run([str(part) for part in command], capture_output=True).returncode == 0


def memory_disk(folder):
    return "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder


def ext4_disk(folder):
    """Here large raw tiles go past the page cache."""
    image = folder.with_suffix(".img")
    with image.open("w") as file:
        file.truncate(64 << 20)
    runs("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image)
    return "-o", "loop", image, folder


@contextmanager
def mounted(folder, disk):
    """A disk of 64 MiB at a new folder; tells whether this user may mount it."""
    folder.mkdir()
    if not runs("mount", *disk(folder)):
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder, leaving):
    """A file that takes all but so many bytes of its disk."""
    ballast = folder / "ballast"
    with ballast.open("w") as file:
        os.posix_fallocate(file.fileno(), 0, free_bytes(folder) - leaving)
    return ballast


def check_frames_of_a_file(path, kind, recording):
    """A raw or TIFF file begins with what was stored, one frame after the other; a part of a frame may follow in raw."""
    stored = owed(recording)
    pixels = np.fromfile(path, "u1") if kind == "raw" else tifffile.imread(path)
    frames = pixels[: len(stored) * SIDE**2].reshape(-1, SIDE, SIDE) if kind == "raw" else pixels
    assert 0 < len(stored) == len(frames)
    assert all(np.array_equal(found, frame(frame_index)) for found, frame_index in zip(frames, stored))


def free_bytes(folder):
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@pytest.mark.parametrize("small", [memory_disk, ext4_disk], ids=["in memory", "ext4"])
@pytest.mark.parametrize("kind", [*ZARRS, "raw", "tiff"])
def test_a_full_disk(tmp_path, kind, small):
    disk = tmp_path / "disk"
    with mounted(disk, small) as is_there:
        if not is_there:
            pytest.skip("this user may not mount a small file system; the limit of a file's size stands in for it")
        ballast = fill(disk, 16 << 20)
        path = disk / {"raw": "out.raw", "tiff": "out.tif"}.get(kind, "out.zarr")
        recording = Recording(tmp_path, of_kind(kind, path, tile=SIDE))
        recording.wait_for_stored(1)
        while free_bytes(disk) > 0 and not any(told(event) for _, event in recording.events):
            time.sleep(0.005)
        full_at = time.monotonic()
        told_at, _ = recording.wait_for(told)
        took("the first word of it", told_at - full_at, SAID_WITHIN_S)
        assert recording.end() == 1
        stream = recording.summary()
        message = stream["error"]["message"]
        assert str(path) in message and "disk is full" in message and " are free" in message
        stored = stream["ledger"]["stored"]
        assert 100 < stored < 256
        if kind == "raw":
            described = json.loads((path.parent / "out.raw.json").read_text())
            assert described["shape"] == [stored, SIDE, SIDE]
            assert path.stat().st_size == stored * SIDE**2
            check_frames_of_a_file(path, kind, recording)
        elif kind == "tiff":
            check_frames_of_a_file(path, kind, recording)
        else:
            ballast.unlink()  # for recover: what the last layers need to be sealed
            check_failed_store(path, recording)


@pytest.mark.parametrize("kind", ["ZarrV3, shards", "ZarrBlosc1Lz4ByteShuffle", "raw", "tiff"])
def test_a_file_that_may_grow_no_further(tmp_path, kind):
    """The limit of a file's size: the error is not the disk's, and is told all the same."""
    limit = 300_000 if kind.startswith("Zarr") else 4 << 20
    path = tmp_path / "out"
    recording = Recording(tmp_path, of_kind(kind, path), preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert recording.end() == 1
    _, said = next((at, event) for at, event in recording.events if told(event))
    assert str(path) in json.dumps(said) and "File too large" in json.dumps(said)
    if kind in ("raw", "tiff"):
        stored = recording.summary()["ledger"]["stored"]
        assert stored <= limit // SIDE**2
        check_frames_of_a_file(path, kind, recording)


@pytest.mark.parametrize("kind", [*ZARRS, "raw", "tiff"])
def test_the_folder_is_removed(tmp_path, kind):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/out"
    recording = Recording(tmp_path, of_kind(kind, path))
    recording.wait_for_stored(20)
    while path.exists():  # the writer makes files meanwhile
        shutil.rmtree(path.parent, ignore_errors=True)
    removed_at = time.monotonic()
    told_at, _ = recording.wait_for(told)
    took("the first word of it", told_at - removed_at, SAID_WITHIN_S)
    assert recording.end() == 1
    stream = recording.summary()
    assert str(path) in stream["error"]["message"]
    # All is gone, and the ledger says so.
    assert stream["ledger"]["stored"] == 0 and stream["ledger"]["dropped_storage"] >= 20
    assert not path.exists(), f"made again: {list(path.parent.rglob('*'))}"


def as_everybody():
    """Permissions bind this process, were it root."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP, refused to who has none to drop


@pytest.mark.parametrize("kind", [*ZARRS, "raw", "tiff"])
def test_a_folder_that_is_read_only(tmp_path, kind):
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o555)
    (tmp_path / "c.json").write_text(json.dumps(of_kind(kind, folder / "out", frames=10)))
    done = zarrcam("acquire", tmp_path / "c.json", "--json", check=False, preexec_fn=as_everybody)
    folder.chmod(0o755)
    assert done.returncode == 1
    message = json.loads(done.stdout)["error"]["message"]
    assert str(folder) in message and "not writable" in message
    assert str(folder) in done.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ZARRS)
def test_permission_is_lost_in_the_middle(tmp_path, kind):
    path = tmp_path / "out.zarr"
    recording = Recording(tmp_path, of_kind(kind, path), preexec=as_everybody)
    recording.wait_for_stored(20)
    folders = [folder for folder, _, _ in os.walk(path)]
    for folder in folders:
        os.chmod(folder, 0o555)
    lost_at = time.monotonic()
    told_at, _ = recording.wait_for(told)
    took("the first word of it", told_at - lost_at, SAID_WITHIN_S)
    assert recording.end() == 1
    stream = recording.summary()
    assert str(path) in stream["error"]["message"] and "Permission denied" in stream["error"]["message"]
    for folder in folders:
        os.chmod(folder, 0o755)
    check_failed_store(path, recording)


@pytest.mark.parametrize("kind", [*ZARRS, "raw", "tiff"])
def test_files_may_no_longer_be_changed(tmp_path, kind):
    """Immutable from one moment on: a handle that is open already is refused as well."""
    path = tmp_path / "out"

    def change(flag):
        # The writer makes and removes files meanwhile: what is gone is no failure.
        return subprocess.run(["chattr", "-R", flag, path], capture_output=True, text=True).stderr

    (tmp_path / "probe").touch()
    if subprocess.run(["chattr", "+i", tmp_path / "probe"], capture_output=True).returncode:
        pytest.skip("this user or file system makes no file immutable")
    subprocess.run(["chattr", "-i", tmp_path / "probe"], check=True)
    recording = Recording(tmp_path, of_kind(kind, path))
    try:
        recording.wait_for_stored(20)
        change("+i")
        changed_at = time.monotonic()
        told_at, _ = recording.wait_for(told)
        took("the first word of it", told_at - changed_at, SAID_WITHIN_S)
        assert recording.end() == 1
    finally:
        change("-i")
    stream = recording.summary()
    assert str(path) in stream["error"]["message"] and "Operation not permitted" in stream["error"]["message"]
    if kind in ZARRS:
        check_failed_store(path, recording)
    else:
        check_frames_of_a_file(path, kind, recording)


def handles(most):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@pytest.mark.parametrize("kind", ZARRS)
def test_few_handles(tmp_path, kind):
    """64 chunks a layer, and 64 handles for all: files are closed in time."""
    path = tmp_path / "out.zarr"
    shards = {"shards": 1} if "shards" in kind else {}
    document = of_kind(kind, path, frames=20, tile=32, exposure_time_us=0.0, **shards)
    for dimension in document["video"][0]["storage"]["settings"]["acquisition_dimensions"]:
        dimension["shard_size_chunks"] = min(dimension["shard_size_chunks"], 1)
    recording = Recording(tmp_path, document, preexec=handles(64))
    assert recording.end() == 0, recording.stderr
    assert recording.summary()["ledger"]["stored"] == 20 and kept(path) == list(range(20))


def test_too_few_handles(tmp_path):
    """From where Node starts at all: whatever fails, it is told, and nothing hangs."""
    path = tmp_path / "out.zarr"
    (tmp_path / "c.json").write_text(json.dumps(noise("ZarrV3", path, frames=20, tile=64, exposure_time_us=0.0)))
    print(f"ZARRCAM_SEED={SEED}")
    codes = set()
    # Every third number, other ones in each run: each starts Node twice.
    for most in range(12 + SEED % 3, 75, 3):
        # By a file, as Node runs the command line; below some number it aborts by itself.
        (tmp_path / "empty.mjs").touch()
        if subprocess.run(["node", tmp_path / "empty.mjs"], capture_output=True, preexec_fn=handles(most)).returncode != 0:
            continue
        done = zarrcam("acquire", tmp_path / "c.json", "--json", "--overwrite", check=False, preexec_fn=handles(most))
        if done.returncode == 0:
            assert kept(path) == list(range(20))
        else:
            assert done.returncode > 0 and ("EMFILE" in done.stderr or "Too many open files" in done.stderr), done.stderr
        codes.add(done.returncode == 0)
        if most > 30 and codes == {True, False}:
            break
    assert codes == {True, False}, "the limits try nothing"
