"""The package is typed: for those who check their scripts, and for itself."""

import re
import subprocess
import sys

from conftest import ROOT

SCRIPT = """
import zarrcam as acquire

runtime = acquire.Runtime()
configuration = runtime.get_configuration()
stream = configuration.video[0]
stream.camera.settings.shape = (64, 48)
stream.camera.settings.exposure_us = 1
with runtime.get_available_data(0) as data:
    reveal_type([frame.metadata().timestamps.hardware for frame in data])
reveal_type(runtime.stop()["streams"][0]["ledger"]["stored"])
"""


def test_types(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    arguments = ["--strict", "--cache-dir", str(ROOT / ".cache/mypy"), "src/zarrcam", str(script)]
    done = subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=ROOT / "bridge/python", capture_output=True, text=True)
    *said, total = done.stdout.splitlines()
    errors = [line for line in said if "error:" in line]
    # The one that the script makes.
    assert len(errors) == 1, done.stdout + done.stderr
    assert 'has no attribute "exposure_us"' in errors[0]
    assert re.findall(r'Revealed type is "(.*)"', done.stdout.replace("builtins.", "")) == ["list[int]", "int"]
    assert "Found 1 error" in total
