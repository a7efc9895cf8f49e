"""Which bridge a script has, several that share one, and what happens when it is not there, or no more."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import zarrcam as acquire
from conftest import ROOT, serving, small
from test_acquire import take
from zarrcam import connection, own_bridge
from zarrcam.client import BridgeClient

SRC = ROOT / "bridge/python/src"


def python(code, *, env=None, **options):
    """A script of its own."""
    environment = {**os.environ, "PYTHONPATH": str(SRC), **(env or {})}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def gone(process_id, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while Path(f"/proc/{process_id}").exists() if Path("/proc").exists() else _alive(process_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _alive(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nobody(monkeypatch):
    """No bridge runs at the usual place, and none can be started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(connection, "DEFAULT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    for name in ("ZARRCAM_URL", "ZARRCAM_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")


def test_where_there_is_none_it_says_how_to_start_one(nobody, monkeypatch):
    with pytest.raises(acquire.BridgeNotFoundError, match=r"npm start.*ZARRCAM_URL.*ZARRCAM_COMMAND"):
        acquire.Runtime()
    with pytest.raises(acquire.DisconnectedError, match="No zarrcam answers at http://127.0.0.1:1"):
        acquire.Runtime("http://127.0.0.1:1")
    monkeypatch.setenv("ZARRCAM_COMMAND", f"{sys.executable} -c print(0)")
    with pytest.raises(acquire.BridgeNotFoundError, match=r"has ended \(exit code 0\).*\n0"):
        acquire.Runtime()
    monkeypatch.setenv("ZARRCAM_COMMAND", "/nowhere/zarrcam --x")
    with pytest.raises(acquire.BridgeNotFoundError, match=r"/nowhere/zarrcam --x cannot be started"):
        acquire.Runtime()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"url": "rig:8421"}, "is no address of a bridge"),
        ({"url": "http://rig.local:8421", "token": "x"}, "everybody on the way would read the token"),
        ({"url": "http://127.0.0.1:1", "fingerprint": "x"}, "a certificate, and http:// has none"),
        ({"url": "https://rig:1/#pair=x&pin=y"}, r"zarrcam\.pair\(link\)"),
        ({"url": "http://127.0.0.1:1", "data_folder": "."}, "has its data folder"),
        ({"token": "x"}, "is for the bridge at a url"),
    ],
)
def test_what_names_no_bridge_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        acquire.Runtime(**arguments)


def test_a_fingerprint_is_read_as_people_have_it():
    from zarrcam.address import _digest

    hexadecimal = "00:FF:" * 15 + "10:20"
    assert _digest(hexadecimal) == bytes.fromhex("00ff" * 15 + "1020") == _digest(hexadecimal.replace(":", "").lower())
    assert _digest("AP8A_wD_AP8A_wD_AP8A_wD_AP8A_wD_AP8A_wD_ECA") == bytes.fromhex("00ff" * 15 + "1020")
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        _digest("AB:CD")


def test_a_bridge_of_ones_own(own_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = acquire.Runtime(data_folder=".")
    assert first.data_folder == str(tmp_path) and first.get_state() == acquire.DeviceState.AwaitingConfiguration
    assert first.get_configuration().video[0].camera.identifier.kind == acquire.DeviceKind.NONE
    process = next(iter(own_bridge._running.values())).process
    with acquire.Runtime() as second:
        # All of a process share it.
        assert second.url == first.url
        properties = small(second, frames=3, storage="ZarrV3", uri="own.zarr")
        # The name stays as Acquire's scripts gave it: it lies in the working folder.
        assert second.set_configuration(properties).video[0].storage.settings.filename == "own.zarr"
        second.start()
        assert second.stop()["complete"]
        properties.video[0].storage.settings.uri = str(tmp_path.parent / "outside.zarr")
        with pytest.raises(acquire.InvalidConfigurationError, match=r"outside the data folder .*Runtime\(data_folder=…\)"):
            second.set_configuration(properties)
    assert (tmp_path / "own.zarr/zarr.json").exists()
    assert process.poll() is None and first.get_state() == acquire.DeviceState.Armed
    first.close()
    assert process.poll() == 0
    with pytest.raises(acquire.RunStateError, match="closed"):
        first.get_state()
    first.close()


def test_when_its_bridge_dies_it_says_so(own_command, tmp_path):
    runtime = acquire.Runtime(data_folder=tmp_path)
    runtime.set_configuration(small(runtime, frames=acquire.UNTIL_STOPPED))
    runtime.start()
    take(runtime, 1)
    process = next(iter(own_bridge._running.values())).process
    threading.Timer(0.3, process.kill).start()
    deadline = time.monotonic() + 30
    with pytest.raises(acquire.DisconnectedError, match=r"bridge that this script had started has ended \(exit code -9\)"):
        while time.monotonic() < deadline:
            runtime.get_state()
    with pytest.raises(acquire.DisconnectedError, match="has ended"):
        runtime.stop()
    # What had come is there, and nothing hangs.
    frames = 0
    with pytest.raises(acquire.DisconnectedError, match="has ended"):
        while time.monotonic() < deadline:
            with runtime.get_available_data(0) as data:
                frames += data.get_frame_count()
    assert frames > 0
    runtime.close()


def test_a_call_that_waits_when_the_bridge_dies(tmp_path):
    with serving(tmp_path) as bridge:
        runtime = acquire.Runtime(bridge.url, fresh=True)
        runtime.set_configuration(small(runtime, frames=100_000))
        runtime.start()
        threading.Timer(0.3, bridge.process.kill).start()
        with pytest.raises(acquire.DisconnectedError, match=rf"{bridge.url.rstrip('/')} broke .*a run goes on if the bridge does"):
            runtime.stop()
        with pytest.raises(acquire.DisconnectedError, match="No zarrcam answers"):
            runtime.get_state()
        runtime.close()


def test_a_script_that_is_killed_leaves_no_bridge(own_command, tmp_path):
    code = f"""
import zarrcam, time
runtime = zarrcam.Runtime(data_folder={str(tmp_path)!r})
from zarrcam import own_bridge
print(next(iter(own_bridge._running.values())).process.pid, flush=True)
time.sleep(100)
"""
    script = python(code)
    process_id = int(script.stdout.readline())
    script.kill()
    script.wait()
    assert gone(process_id)


def test_a_script_that_ends_in_the_middle_leaves_a_whole_dataset(own_command, tmp_path):
    code = f"""
import zarrcam, time
runtime = zarrcam.Runtime(data_folder={str(tmp_path)!r})
stream = (configuration := runtime.get_configuration()).video[0]
stream.camera.identifier = runtime.device_manager().select("Camera", "simulated: radial sin")
stream.camera.settings.shape = (64, 48)
stream.camera.settings.exposure_time_us = 2000
stream.storage.identifier = runtime.device_manager().select("Storage", "tiff")
stream.storage.settings.uri = "left.tif"
runtime.set_configuration(configuration)
runtime.start()
count = 0
while count < 20:
    count += runtime.get_available_data(0).get_frame_count()
"""
    said, errors = python(code).communicate(timeout=60)
    assert (said, errors) == ("", "")
    with serving(tmp_path) as bridge, acquire.Runtime(bridge.url) as runtime:
        info = runtime.call("datasets.info", name="left.tif")
    assert info["state"] == "closed"
    assert info["frames_stored"] >= 20


def test_ctrl_c_in_stop_ends_the_waiting_and_not_the_run(runtime, bridge):
    runtime.set_configuration(small(runtime, frames=100_000))
    code = f"""
import zarrcam, os, signal, sys, threading
runtime = zarrcam.Runtime({bridge.url!r})
runtime.start()
print("started", flush=True)
try:
    runtime.stop()
except KeyboardInterrupt:
    print(runtime.get_state(), flush=True)
    print(runtime.abort()["streams"][0]["ledger"]["in_flight"], flush=True)
"""
    script = python(code)
    assert script.stdout.readline() == "started\n"
    time.sleep(0.3)
    script.send_signal(signal.SIGINT)
    said, errors = script.communicate(timeout=30)
    assert (said, errors, script.returncode) == ("DeviceState.Running\n0\n", "", 0)


def test_a_connection_that_broke_is_made_again(runtime):
    runtime.set_configuration(small(runtime, frames=200))
    runtime.start()
    socket_of = runtime._connection._client._socket
    socket_of.transport.abort()
    # The run goes on meanwhile: it is the bridge's.
    deadline = time.monotonic() + 10
    while True:
        try:
            summary = runtime.stop()
            break
        except acquire.DisconnectedError:
            assert time.monotonic() < deadline
    assert summary["complete"] and summary["streams"][0]["ledger"]["stored"] == 200


def test_two_that_share_a_bridge(runtime, bridge):
    with acquire.Runtime(bridge.url) as other:
        mine, theirs = small(runtime, frames=5), other.get_configuration()
        runtime.set_configuration(mine)
        # What this Runtime changed itself is no surprise to it, whatever it goes on with.
        mine.video[0].max_frame_count = 6
        runtime.set_configuration(mine)
        older = runtime.get_configuration()
        runtime.set_configuration(mine)
        runtime.set_configuration(older)
        theirs.video[0].camera.settings.exposure_time_us = 2e3
        with pytest.raises(acquire.StaleRevisionError) as refused:
            other.set_configuration(theirs)
        changed = [problem.path for problem in refused.value.problems]
        assert any("max_frame_count" in path for path in changed), changed
        assert other.set_configuration(theirs, force=True).video[0].camera.settings.exposure_time_us == 2e3
        with pytest.raises(acquire.StaleRevisionError):
            runtime.set_configuration(mine)
        runtime.set_configuration(small(runtime, frames=5))
        runtime.start()
        assert other.stop()["complete"]


def test_from_many_threads_at_once(runtime):
    runtime.set_configuration(small(runtime, frames=300))
    runtime.start()
    results, errors = [], []

    def work():
        try:
            for _ in range(10):
                runtime.get_state()
                with runtime.get_available_data(0) as data:
                    results.extend(frame.metadata().frame_id for frame in data)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    runtime.stop()
    with runtime.get_available_data(0) as data:
        results.extend(frame.metadata().frame_id for frame in data)
    # Each frame went to one of them.
    assert not errors and sorted(results) == list(range(300))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_of_fork_makes_its_own(own_command, tmp_path):
    code = f"""
import os, sys, warnings
warnings.simplefilter("ignore")
import zarrcam
runtime = zarrcam.Runtime(data_folder={str(tmp_path)!r})
child = os.fork()
if child == 0:
    try:
        runtime.get_state()
    except zarrcam.RunStateError as error:
        print(error, flush=True)
    runtime.close()
    with zarrcam.Runtime(runtime.url) as own:
        print(own.get_state(), flush=True)
    sys.exit(0)
os.waitpid(child, 0)
print(runtime.get_state(), flush=True)
"""
    said, errors = python(code).communicate(timeout=60)
    [refused, *states] = said.splitlines()
    assert "make one in each process" in refused
    assert (states, errors) == (["DeviceState.AwaitingConfiguration"] * 2, "")


def test_a_runtime_that_nobody_holds_leaves(bridge):
    def sessions():
        return [thread for thread in threading.enumerate() if thread.name.startswith("zarrcam frames")]

    runtime = acquire.Runtime(bridge.url)
    client = runtime._connection._client
    del runtime
    gc.collect()
    assert client.ended is not None and not sessions()


def test_messages_of_the_bridge_are_logged(runtime, caplog):
    message = {"level": "warning", "message": "The disk is nearly full.", "unix_ms": 0, "stream": None}
    runtime._connection._notified("log", message)
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        ("zarrcam", "WARNING", "The disk is nearly full.")
    ]


def test_a_script_of_acquires_begins_anew_where_others_have_configured(runtime, bridge, monkeypatch):
    runtime.set_configuration(small(runtime, frames=7))
    monkeypatch.setenv("ZARRCAM_URL", bridge.url)
    with acquire.Runtime() as script:
        assert script.get_configuration() == acquire.Properties()
        with pytest.raises(acquire.RunStateError, match=r"has configured nothing") as refused:
            script.start()
        assert refused.value.code == "not_configured"
        assert runtime.get_configuration().video[0].max_frame_count == 7
        applied = script.set_configuration(small(script, frames=3))
        assert script.get_configuration() == applied
        script.start()
        assert script.stop()["streams"][0]["ledger"]["stored"] == 3
    with acquire.Runtime(fresh=False) as tool:
        assert tool.get_configuration().video[0].max_frame_count == 3


def test_an_asyncio_program_has_a_client_of_its_own(bridge):
    async def main():
        told = []
        async with await BridgeClient.connect(
            bridge.url, notifications=["state"], listener=lambda name, params: told.append(name)
        ) as client:
            devices, state = await asyncio.gather(client.call("devices"), client.call("get_state"))
            assert devices and state["state"] == client.hello["state"]
            with pytest.raises(acquire.ZarrcamError) as refused:
                await client.call("no_such_method")
            assert refused.value.code == "unknown_method"
        with pytest.raises(acquire.DisconnectedError, match="closed here"):
            await client.call("devices")
        assert set(told) <= {"state", "hello"}

    asyncio.run(main())
