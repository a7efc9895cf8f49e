"""The tutorial's store and its variants, pixel by pixel, in zarr-python and TensorStore."""

import json
import os
import random
import subprocess
import sys

import numpy as np
import pytest
import tensorstore
import zarr

from commandline import CLI, ROOT, assert_exact
from documents import NAMES, document, radial_sine, tutorial_dimensions
from serving import serving
from uniform_random import uniform_random

SHAPE = (10, 3, 10, 1080, 1920)
# 3 channels of 10 planes, 70 ms a frame.
TIME_POINT_S = 2.1
CHUNKS = (10, 1, 5, 540, 960)
SEED = int(os.environ.get("ZARRCAM_SEED") or random.SystemRandom().randrange(10**9))
# Who uses the finished runs runs where they were made.
ONE_WORKER = pytest.mark.xdist_group("tutorials")
TUTORIAL = ["node", ROOT / "bridge/cli/dist/js/tutorial.js"]  # as `npm run tutorial` runs examples/chunked.ts


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


def check_group(path, version, time_point_s, shape=SHAPE, chunks=CHUNKS):
    """`time_point_s`: from time point to time point; None: as fast as the camera could, so nobody knew."""
    group = zarr.open(path, mode="r")
    assert list(group.array_keys()) == ["0"] and group.metadata.zarr_format == version
    array = group["0"]
    assert (array.shape, array.chunks, array.dtype) == (shape, chunks, np.uint8)
    axes, transformations = axes_and_scale(path, version)
    assert [(axis["name"], axis["type"]) for axis in axes] == [
        ("t", "time"), ("c", "channel"), ("z", "space"), ("y", "space"), ("x", "space"),
    ]  # fmt: skip
    assert axes[0].get("unit") == (None if time_point_s is None else "second")
    # Nobody measured the pixels.
    assert all("unit" not in axis for axis in axes[1:])
    assert transformations[0] == {"type": "scale", "scale": [time_point_s or 1.0, *[1.0] * 4]}
    return array


def some_frames(of):
    """A third of the frames, other ones in each run: to make one for comparison takes longer than to read it."""
    looked_at = random.Random(f"{SEED} {of}").sample(range(300), 100)
    print(f"ZARRCAM_SEED={SEED}")
    return set(looked_at)


@pytest.fixture(scope="module")
def tutorials(tmp_path_factory):
    """Finished runs of the tutorial by name: folder and what was printed. 21 s each, so all at once."""
    saved = ROOT / "native/config/tests/fixtures"
    folder = tmp_path_factory.mktemp("tutorials")
    document = json.loads((saved / "acquire-0.3-tutorial-as-saved.json").read_text())
    settings = document["video"][0]["storage"]["settings"]
    settings["uri"] = settings.pop("filename")
    (folder / "with-uri.json").write_text(json.dumps(document))
    commands = {
        "script": TUTORIAL,
        "as saved": [*CLI, "acquire", saved / "acquire-0.3-tutorial-as-saved.json", "--json"],
        "as applied": [*CLI, "acquire", saved / "acquire-0.3-tutorial-as-applied.json", "--json"],
        "with uri": [*CLI, "acquire", folder / "with-uri.json", "--json"],
    }
    # Acquire's own script, but for its import, at a bridge that writes into its working folder.
    python = [sys.executable, ROOT / "examples/chunked.py"]
    (folder / "python").mkdir()
    with serving(folder / "python") as data:
        bridge = {"ZARRCAM_URL": data.removesuffix("/data"), "PYTHONPATH": str(ROOT / "bridge/python/src")}
        runs = {}
        for name, command in {**commands, "python": python}.items():
            (folder / name).mkdir(exist_ok=True)
            streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            runs[name] = subprocess.Popen(command, cwd=folder / name, env={**os.environ, **bridge}, text=True, **streams)
        finished = {name: (run.communicate(timeout=120), run.returncode) for name, run in runs.items()}
    for name, ((_, said), code) in finished.items():
        assert code == 0, f"{name}: {said}"
    assert finished["script"][0][1] == ""
    return {name: (folder / name, printed) for name, ((printed, _), _) in finished.items()}


@ONE_WORKER
def test_tutorial_reads_as_the_radial_sine(tutorials):
    folder, printed = tutorials["script"]
    assert printed.strip() == "0: shape (10, 3, 10, 1080, 1920), chunks (10, 1, 5, 540, 960), uint8"
    array = check_group(folder / "out.zarr", 2, TIME_POINT_S)
    other = open_tensorstore(folder / "out.zarr", 2)
    looked_at = some_frames("tutorial")
    frames = {(t, c, z): t * 30 + c * 10 + z for t in range(10) for c in range(3) for z in range(10)}
    # Chunk by chunk: a chunk is decoded once, not once a frame.
    for c in range(3):
        for z0 in (0, 5):
            block = array[:, c, z0 : z0 + 5]
            assert np.array_equal(block, other[:, c, z0 : z0 + 5].read().result())
            for t in range(10):
                for z in range(5):
                    frame_index = frames[t, c, z0 + z]
                    if frame_index not in looked_at:
                        continue
                    difference = np.abs(block[t, z] - radial_sine(frame_index, 0.07, 1920, 1080))
                    assert difference.max() <= 1, f"frame {frame_index}"


@ONE_WORKER
def test_acquires_script_runs_in_python(tutorials):
    folder, printed = tutorials["python"]
    assert "shape=(10, 3, 10, 1080, 1920) dtype=uint8" in printed
    ours, script = (check_group(path / "out.zarr", 2, TIME_POINT_S) for path in (folder, tutorials["script"][0]))
    assert np.array_equal(ours[:, 2, 4:8], script[:, 2, 4:8])


@ONE_WORKER
@pytest.mark.parametrize("name", ["as saved", "as applied", "with uri"])
def test_documents_that_acquire_saved_run_as_they_are(tutorials, name):
    folder, printed = tutorials[name]
    [stream] = json.loads(printed)["streams"]
    assert_exact(stream["ledger"])
    assert stream["ledger"]["stored"] == 300
    ours, script = (check_group(path / "out.zarr", 2, TIME_POINT_S) for path in (folder, tutorials["script"][0]))
    assert np.array_equal(ours[:, 1, 3:7], script[:, 1, 3:7])


@ONE_WORKER
def test_the_tutorial_does_not_overwrite(tutorials):
    folder, _ = tutorials["script"]
    before = {file: file.stat().st_mtime_ns for file in (folder / "out.zarr").rglob("*")}
    again = subprocess.run(TUTORIAL, cwd=folder, capture_output=True, text=True)
    assert again.returncode == 1
    assert "out.zarr" in again.stderr and "--overwrite" in again.stderr
    assert {file: file.stat().st_mtime_ns for file in (folder / "out.zarr").rglob("*")} == before


@pytest.mark.parametrize("shards", [(0, 0, 0, 0, 0), (2, 2, 2, 3, 1)], ids=["chunks", "shards"])
@pytest.mark.parametrize("name", NAMES)
def test_noise_is_exact_in_every_kind(tmp_path, acquire, name, shards):
    version = 3 if "V3" in name else 2
    if version == 2 and any(shards):
        # As Acquire saves it. V2 has no shards, so they are left out: a time point says it as well as ten.
        acquire(document("simulated: uniform random", name, tutorial_dimensions(shards), 30, "out.zarr"))
        array = check_group(tmp_path / "out.zarr", 2, None, shape=(1, *SHAPE[1:]))
        for c in range(3):
            for z in range(10):
                assert np.array_equal(array[0, c, z], uniform_random(c * 10 + z, 1920, 1080, "U8")), (c, z)
        return
    acquire(document("simulated: uniform random", name, tutorial_dimensions(shards), 300, "out.zarr"))
    array = check_group(tmp_path / "out.zarr", version, None)
    if any(shards):
        assert array.shards == (10, 3, 10, 1080, 1920)
    other = open_tensorstore(tmp_path / "out.zarr", version)
    assert other.shape == SHAPE and other.chunk_layout.read_chunk.shape == CHUNKS
    looked_at = some_frames(f"{name} {shards}")
    # Chunk by chunk: a chunk is decoded once, not once a frame. Two of the six volumes of chunks, other ones in each run: small
    # stores of every kind are read whole elsewhere, and it is size that this one adds.
    for c, z0 in random.Random(f"{SEED} {name} {shards}").sample([(c, z0) for c in range(3) for z0 in (0, 5)], 2):
        block = array[:, c, z0 : z0 + 5]
        assert np.array_equal(block, other[:, c, z0 : z0 + 5].read().result())
        for t in range(10):
            for z in range(5):
                frame_index = t * 30 + c * 10 + z0 + z
                if frame_index in looked_at:
                    assert np.array_equal(block[t, z], uniform_random(frame_index, 1920, 1080, "U8")), f"frame {frame_index}"
