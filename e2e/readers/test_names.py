"""Names: nothing of anybody's is overwritten unasked, and no device is ever another one than the one meant."""

import hashlib
import json

import numpy as np
import pytest
import zarr

from commandline import zarrcam
from recording import SIDE, frame, noise


def contents(path):
    """Every file below a path, with its bytes."""
    return {str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in path.rglob("*") if file.is_file()}


class Folder:
    """Runs `acquire` in a folder on a document of its own."""

    def __init__(self, path):
        self.path = path

    def acquire(self, document, *flags, check=True):
        (self.path / "c.json").write_text(json.dumps(document))
        return zarrcam("acquire", "c.json", "--json", *flags, check=check, cwd=self.path)

    def refused(self, document, *flags):
        """The error, which is the one JSON document on standard output."""
        done = self.acquire(document, *flags, check=False)
        assert done.returncode == 1
        return json.loads(done.stdout)["error"]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def quick(storage, uri, frames=10, **settings):
    return noise(storage, uri, frames=frames, exposure_time_us=0.0, **settings)


@pytest.mark.parametrize("storage, name", [("ZarrV3", "out.zarr"), ("raw", "out.raw"), ("tiff-json", "out")])
def test_what_exists_stays_unless_asked(folder, storage, name):
    document = quick(storage, name)
    folder.acquire(document)
    before = contents(folder.path)
    error = folder.refused(document)
    assert any(problem["code"] == "exists" for problem in error["problems"]), error
    assert name in error["message"]
    # Not for settings that are wrong either.
    wrong = quick(storage, name)
    wrong["video"][0]["camera"]["settings"]["shape"] = [SIDE, 0]
    assert folder.refused(wrong, "--overwrite")["code"] == "invalid_configuration"
    folder.path.joinpath("c.json").write_text(json.dumps(document))
    assert contents(folder.path) == before
    summary = json.loads(folder.acquire(quick(storage, name, frames=5), "--overwrite").stdout)
    assert summary["streams"][0]["ledger"]["stored"] == 5
    if storage == "ZarrV3":
        array = zarr.open(folder.path / "out.zarr/0", mode="r")
        assert array.shape[0] == 5 and np.array_equal(array[4], frame(4))
    assert contents(folder.path) != before


def test_what_is_not_ours_is_never_removed(folder):
    foreign = zarr.create_group(folder.path / "foreign.zarr")
    foreign.create_array("0", shape=(4, 4), dtype="u1")[:] = 7
    (folder.path / "notes.txt").write_text("mine")
    (folder.path / "photos").mkdir()
    (folder.path / "photos/cat.tif").write_text("a cat")
    before = contents(folder.path)
    for storage, name in [("ZarrV3", "foreign.zarr"), ("Zarr", "photos"), ("tiff-json", "photos"), ("raw", "notes.txt"), ("tiff", "photos/cat.tif")]:
        error = folder.refused(quick(storage, name), "--overwrite")
        assert name in error["message"], error
    (folder.path / "c.json").unlink()
    assert contents(folder.path) == before


@pytest.mark.parametrize(
    "part, wrong, right",
    [
        ("camera", "simulated: radial sine", "simulated: radial sin"),
        ("camera", "simulated uniform random", "simulated: uniform random"),
        ("storage", "ZarV3", "ZarrV3"),
        ("storage", "ZarrBlosc1ZstdByteShufle", "ZarrBlosc1ZstdByteShuffle"),
    ],
)
def test_a_misspelt_device_is_an_error_with_the_nearest_name(folder, part, wrong, right):
    document = quick("Zarr", "out.zarr")
    document["video"][0][part]["identifier"]["name"] = wrong
    [problem] = folder.refused(document)["problems"]
    assert problem["path"].startswith(f"video[0].{part}.identifier") and f'"{right}"' in problem["message"]
    assert not (folder.path / "out.zarr").exists()


def test_two_streams_do_not_write_to_one_place(folder):
    document = quick("Zarr", "out.zarr")
    document["video"] *= 2
    problems = folder.refused(document)["problems"]
    assert any(problem["path"].startswith("video[1].storage.settings.uri") for problem in problems), problems
    assert not (folder.path / "out.zarr").exists()


def test_one_wrong_stream_of_two_starts_none(folder):
    document = quick("Zarr", "good.zarr")
    document["video"] += quick("ZarV3", "bad.zarr")["video"]
    [problem] = folder.refused(document)["problems"]
    assert problem["path"].startswith("video[1].storage.identifier")
    assert not (folder.path / "good.zarr").exists() and not (folder.path / "bad.zarr").exists()
