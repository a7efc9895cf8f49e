"""One bridge for all tests; those that are about bridges start their own."""

import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import zarrcam
from zarrcam import own_bridge

ROOT = Path(__file__).resolve().parents[3]
CLI = ["node", str(ROOT / "bridge/cli/bin/zarrcam.js")]


def pytest_configure(config):
    """The bridge that the tests start is that of the sources as they are."""
    if not hasattr(config, "workerinput"):
        subprocess.run(["node", ROOT / "scripts/build.mjs", "addon", "bridge"], check=True)


@contextmanager
def serving(folder):
    """A bridge as a user would start it."""
    bridge = own_bridge.OwnBridge(CLI, Path(folder))
    try:
        bridge.url = bridge.wait_until_ready()
        yield bridge
    finally:
        bridge.end()


@pytest.fixture(scope="session")
def bridge(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("data")) as bridge:
        yield bridge


@pytest.fixture
def runtime(bridge):
    """As Acquire begins: nothing is configured."""
    with zarrcam.Runtime(bridge.url) as runtime:
        runtime.abort()
        runtime.set_configuration(zarrcam.Properties(), force=True)
        yield runtime
        runtime.abort()


@pytest.fixture
def own_command(monkeypatch, tmp_path):
    """`Runtime(data_folder=…)` starts the bridge of the sources; the tests' user has no folder of his own."""
    monkeypatch.setenv("ZARRCAM_COMMAND", " ".join(CLI))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ZARRCAM_URL", raising=False)


@pytest.fixture(autouse=True)
def no_hang(request):
    """A test that waits for ever says where."""
    import faulthandler

    limit = threading.Timer(100, lambda: faulthandler.dump_traceback(all_threads=True))
    limit.daemon = True
    limit.start()
    yield
    limit.cancel()


def small(runtime, frames=10, storage="trash", uri=None, camera="simulated: radial sin", shape=(64, 48), exposure_us=2e3):
    """A small configuration, not applied."""
    manager = runtime.device_manager()
    properties = runtime.get_configuration()
    stream = properties.video[0]
    stream.camera.identifier = manager.select("Camera", camera)
    stream.camera.settings.shape = shape
    stream.camera.settings.exposure_time_us = exposure_us
    stream.storage.identifier = manager.select("Storage", storage)
    stream.storage.settings.uri = uri
    stream.max_frame_count = frames
    return properties
