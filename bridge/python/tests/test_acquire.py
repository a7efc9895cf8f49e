"""What Acquire's scripts do, on a bridge that runs."""

import itertools
import json
import time

import numpy as np
import pytest

import zarrcam as acquire
from conftest import small
from zarrcam import DeviceKind, DeviceState, PropertyType, SampleType, Trigger
from zarrcam.frame_reader import FrameReader


def take(runtime, frames, stream=0, timeout_s=30):
    """Takes so many frames at least, as Acquire's scripts do: in a loop."""
    taken, deadline = [], time.monotonic() + timeout_s
    while len(taken) < frames:
        assert time.monotonic() < deadline, f"{len(taken)} of {frames} frames came"
        with runtime.get_available_data(stream) as data:
            assert data.get_frame_count() == len(list(data.frames()))
            assert not data.lost
            taken.extend(data)
    return taken


def test_the_defaults_are_those_of_the_bridge(runtime):
    applied = runtime.call("set_configuration", configuration={"video": [{}, {}]})["configuration"]
    assert acquire.Properties.read(applied) == acquire.Properties()
    dimension = {"video": [{"storage": {"settings": {"acquisition_dimensions": [{}], "compression": {}, "multiscale": {}}}}]}
    [stream] = runtime.call("set_configuration", configuration=dimension)["configuration"]["video"]
    settings = acquire.VideoStream.read(stream).storage.settings
    assert settings.acquisition_dimensions == [acquire.StorageDimension()]
    assert (settings.compression, settings.multiscale) == (acquire.Compression(), acquire.Multiscale())


def test_devices(runtime):
    manager = runtime.device_manager()
    names = [(device.kind, device.name) for device in manager.devices()]
    assert (DeviceKind.Camera, "simulated: radial sin") in names and (DeviceKind.Storage, "ZarrV3") in names
    first = manager.select(DeviceKind.Camera)
    assert first and manager.select(DeviceKind.Camera, first.name) == first
    assert manager.select(DeviceKind.Storage, "") is not None
    assert manager.select("Camera", "SIMULATED.*sin").name == "simulated: radial sin"
    assert manager.select(DeviceKind.Camera, "radial") is None
    some = ["does not exist", ".*uniform.*", "simulated: radial sin"]
    assert manager.select_one_of(DeviceKind.Camera, some).name == "simulated: uniform random"
    assert manager.select_one_of(DeviceKind.Camera, []) is manager.select_one_of(DeviceKind.Camera, ["no"]) is None
    with pytest.raises(acquire.ZarrcamError) as wrong:
        manager.select(DeviceKind.Camera, "x" * 501)
    assert wrong.value.code == "invalid_params"


def test_without_a_configuration_nothing_starts(runtime):
    assert runtime.get_configuration().video[0].camera.identifier.kind == DeviceKind.NONE
    assert runtime.get_state() == DeviceState.AwaitingConfiguration
    with pytest.raises(RuntimeError) as refused:
        runtime.start()
    assert refused.value.code == "not_configured"
    assert runtime.stop()["streams"] == []


def test_again_and_again_but_not_twice_at_once(runtime):
    properties = acquire.setup(runtime, "simulated: radial sin", "Trash")
    assert properties.video[0].storage.settings.filename == "out.tif"
    assert properties.video[0].camera.settings.shape == (640, 480)
    properties.video[0].camera.settings.shape = (192, 108)
    properties.video[0].camera.settings.exposure_time_us = 5e4
    properties.video[0].max_frame_count = 11
    runtime.set_configuration(properties)
    for _ in range(2):
        started = runtime.start()
        first = take(runtime, 1)
        assert runtime.get_state() == DeviceState.Running
        with pytest.raises(acquire.RunStateError) as refused:
            runtime.start()
        assert refused.value.code == "already_running"
        # The one that went on is not disturbed.
        summary = runtime.stop()
        assert summary["run_id"] == started.run_id and summary["complete"]
        assert summary["streams"][0]["ledger"]["stored"] == 11
        assert len(first) + len(take(runtime, 11 - len(first))) == 11
        assert runtime.get_state() == DeviceState.Armed
    with pytest.raises(ValueError, match=r'no camera device .nothing.: there are "simulated'):
        acquire.setup(runtime, "nothing")


def test_frames_are_those_of_the_camera(runtime):
    properties = small(runtime, frames=40, shape=(64, 48), exposure_us=2e3)
    properties.video[0].camera.settings.pixel_type = SampleType.U16
    runtime.set_configuration(properties)
    runtime.start()
    frames = take(runtime, 40)
    runtime.stop()
    assert [frame.metadata().frame_id for frame in frames] == list(range(40))
    stamps = [frame.metadata().timestamps for frame in frames]
    assert all(b.hardware > a.hardware and b.acq_thread > a.acq_thread for a, b in itertools.pairwise(stamps))
    assert abs(stamps[-1].acq_thread / 1e9 - time.time()) < 60
    assert frames[0].metadata().dict()["timestamps"]["hardware"] == stamps[0].hardware
    y, x = np.mgrid[:48, :64].astype(np.float64)
    for index, frame in enumerate(frames):
        data = frame.data()
        assert data.shape == (1, 48, 64, 1) and data.dtype == np.uint16
        wave = np.sin(6.28 * (10 * index * 2e-3 + ((x - 32) ** 2 + (y - 24) ** 2) * 0.01))
        # 0..254 of 8 bits, over the whole range.
        assert np.abs(data.squeeze() / data.max() - (wave + 1) / 2).max() < 0.02, index


def test_a_script_of_the_older_api_takes_frames_without_with(runtime):
    runtime.set_configuration(small(runtime, frames=5, exposure_us=2e4))
    assert not runtime.get_available_data(0)
    runtime.start()
    time.sleep(0.3)
    available = runtime.get_available_data(0)
    frames = list(available.frames())
    assert len(frames) == available.get_frame_count() == 5
    runtime.stop()
    assert not runtime.get_available_data(0)
    # The pixels are the script's own.
    with runtime.get_available_data(0) as data:
        pass
    assert data.get_frame_count() == 0 and frames[0].data().shape == (1, 48, 64, 1)


def test_triggers_one_to_one(runtime):
    properties = small(runtime, frames=6, camera="simulated.*empty")
    properties.video[0].camera.settings.input_triggers.frame_start = Trigger(enable=True, line=0, edge="Rising")
    applied = runtime.set_configuration(properties)
    assert applied.video[0].camera.settings.input_triggers.frame_start.enable
    with pytest.raises(acquire.ZarrcamError) as refused:
        runtime.execute_trigger(0)
    assert refused.value.code == "not_running"
    runtime.start()
    with runtime.get_available_data(0) as data:
        assert data.get_frame_count() == 0
    for index in range(6):
        runtime.execute_trigger(0)
        [frame] = take(runtime, 1)
        assert frame.metadata().frame_id == index
    runtime.stop()


def test_abort_ends_a_run_without_end(runtime):
    properties = small(runtime, frames=acquire.UNTIL_STOPPED)
    assert runtime.set_configuration(properties).video[0].max_frame_count == acquire.UNTIL_STOPPED
    runtime.start()
    first = take(runtime, 3)
    summary = runtime.abort()
    ledger = summary["streams"][0]["ledger"]
    assert ledger["captured"] == ledger["stored"] + ledger["dropped"] and ledger["in_flight"] == 0
    all_of_them = [*first, *take(runtime, ledger["captured"] - len(first))]
    assert [frame.metadata().frame_id for frame in all_of_them] == list(range(ledger["captured"]))


def test_two_streams(runtime):
    properties = small(runtime, frames=30)
    other = small(runtime, frames=21, camera="simulated.*random", shape=(33, 47)).video[0]
    properties.video[1] = other
    applied = runtime.set_configuration(properties)
    assert applied.video[1].camera.identifier.name == "simulated: uniform random"
    runtime.start()
    taken = [take(runtime, 30, 0), take(runtime, 21, 1)]
    summary = runtime.stop()
    assert [stream["ledger"]["stored"] for stream in summary["streams"]] == [30, 21]
    assert [len(frames) for frames in taken] == [30, 21] and taken[1][0].data().shape == (1, 47, 33, 1)


def test_capabilities(runtime):
    properties = small(runtime, storage="Zarr", uri="a.zarr", shape=(1, 1))
    runtime.set_configuration(properties)
    capabilities = runtime.get_capabilities()
    camera, storage = capabilities.video[0].camera, capabilities.video[0].storage
    assert (camera.shape.x.writable, camera.shape.x.low, camera.shape.y.high) == (True, 1.0, 8192.0)
    assert camera.shape.x.kind == PropertyType.FixedPrecision
    assert camera.offset.x.writable and camera.offset.x.low == 0
    assert (camera.binning.writable, camera.binning.low, camera.binning.high, camera.binnings) == (True, 1, 8, [1, 2, 4, 8])
    assert (camera.exposure_time_us.low, camera.exposure_time_us.high) == (0.0, 1e6)
    assert not camera.line_interval_us.writable and not camera.readout_direction.writable
    assert {SampleType(name) for name in ("U8", "U16", "I8", "I16", "F32")} <= set(camera.supported_pixel_types)
    assert camera.digital_lines.line_count == 1 and camera.digital_lines.names == ["software", *[""] * 7]
    assert (camera.triggers.frame_start.input, camera.triggers.frame_start.output, camera.triggers.exposure.input) == (1, 0, 0)
    assert storage.chunking_is_supported and storage.multiscale_is_supported and not storage.sharding_is_supported
    assert not storage.s3_is_supported and storage.extension == ".zarr"
    # There is no second stream.
    assert capabilities.video[1].camera.shape.x.high == 0 and not capabilities.video[1].storage.chunking_is_supported
    assert json.loads(json.dumps(capabilities.dict()))["video"][0]["camera"]["shape"]["x"]["kind"] == "FixedPrecision"


def test_wrong_settings_name_their_fields_and_change_nothing(runtime):
    runtime.set_configuration(small(runtime))
    before = runtime.get_configuration()
    wrong = small(runtime, storage="Zarr", uri="a.zarr")
    wrong.video[0].camera.settings.binning = 3
    wrong.video[0].storage.settings.acquisition_dimensions = [acquire.StorageDimension(name="x", array_size_px=60, chunk_size_px=60)]
    with pytest.raises(acquire.InvalidConfigurationError) as refused:
        runtime.set_configuration(wrong)
    paths = [problem.path for problem in refused.value.problems if problem.severity == "error"]
    assert "video[0].camera.settings.binning" in paths
    assert any(path.startswith("video[0].storage.settings.acquisition_dimensions") for path in paths)
    # A traceback shows all of them.
    assert all(path in str(refused.value) for path in paths)
    assert refused.value.path in paths
    assert runtime.get_configuration() == before
    assert runtime.validate(wrong)["refusal"]["code"] == "invalid_configuration"


def test_a_dataset_that_is_there_is_not_replaced(runtime, bridge, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    properties = small(runtime, frames=3, storage="tiff", uri="twice.tif")
    applied = runtime.set_configuration(properties)
    # Where the script finds it.
    assert applied.video[0].storage.settings.filename == str(bridge.data_folder / "twice.tif")
    runtime.start()
    [stream] = runtime.stop()["streams"]
    assert stream["path"] == applied.video[0].storage.settings.uri
    with pytest.raises(acquire.ZarrcamError) as refused:
        runtime.start()
    assert refused.value.code == "exists"
    applied.video[0].storage.settings.overwrite = True
    runtime.set_configuration(applied)
    runtime.start()
    assert runtime.stop()["complete"]
    assert runtime.call("datasets.info", name="twice.tif")["frames_stored"] == 3
    applied.video[0].storage.settings.uri = str(tmp_path / "outside.tif")
    with pytest.raises(acquire.InvalidConfigurationError, match="data folder") as refused:
        runtime.set_configuration(applied)
    assert refused.value.path == "video[0].storage.settings.uri"


def test_slow_readers_block_nothing_and_are_told_what_they_lost(runtime, monkeypatch):
    from zarrcam import frame_reader

    # Little room, so that a second is long.
    monkeypatch.setattr(frame_reader, "AHEAD_BYTES", 1 << 20)
    monkeypatch.setattr(frame_reader, "MOST_BYTES", 1 << 20)
    count = 220
    properties = small(runtime, frames=count, shape=(1024, 1024), camera="simulated.*empty", exposure_us=0)
    runtime.set_configuration(properties)
    runtime.start()
    summary = runtime.stop()
    assert summary["complete"] and summary["streams"][0]["ledger"]["stored"] == count
    seen, lost, deadline = [], [], time.monotonic() + 30
    while len(seen) + sum(some.count for some in lost) < count:
        assert time.monotonic() < deadline
        with runtime.get_available_data(0) as data:
            seen.extend(frame.metadata().frame_id for frame in data)
            lost.extend(data.lost)
    assert lost and {some.cause for some in lost} <= {"client", "busy"}
    missing = [index for some in lost for index in range(some.first_frame_id, some.first_frame_id + some.count)]
    assert sorted([*seen, *missing]) == list(range(count)) and seen == sorted(seen)


def test_a_reader_that_was_cut_off_says_what_it_missed(runtime):
    runtime.set_configuration(small(runtime, frames=400))
    runtime.start()
    seen, lost = [], []

    def look_until(holds):
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, (seen[-1:], lost)
            with runtime.get_available_data(0) as data:
                seen.extend(frame.metadata().frame_id for frame in data)
                lost.extend(data.lost)

    def cut_off():
        """As the bridge does with who takes nothing for a minute."""
        runtime._frames._readers[0].close()
        time.sleep(0.05)

    look_until(lambda: len(seen) > 5)
    cut_off()
    # It comes again, and knows from where.
    look_until(lambda: lost and seen[-1] > lost[0].first_frame_id)
    cut_off()
    runtime.stop()
    # Nobody gives it the rest any more; that is said, too.
    look_until(lambda: len(lost) > 1)
    missing = [index for some in lost for index in range(some.first_frame_id, some.first_frame_id + some.count)]
    assert sorted([*seen, *missing]) == list(range(400))
    assert {some.cause for some in lost} == {"client"}
    with runtime.get_available_data(0) as data:
        assert not data.get_frame_count() and not data.lost


def test_frames_that_the_bridge_does_not_give_do_not_hinder_the_recording(runtime, bridge):
    runtime.set_configuration(small(runtime, frames=5))
    address = runtime._connection.address
    others = []
    try:
        with pytest.raises(acquire.ZarrcamError):
            while len(others) < 100:
                others.append(FrameReader(address, 0, next_run=True))
        runtime.start()
        assert runtime.stop()["complete"]
        with pytest.raises(acquire.ZarrcamError, match="refused") as refused, runtime.get_available_data(0):
            pass
        assert refused.value.code == "too_many_requests"
    finally:
        for reader in others:
            reader.close()
    with pytest.raises(acquire.ZarrcamError) as unknown:
        FrameReader(address, 7, next_run=True)
    assert unknown.value.code == "unknown_stream"


def test_who_comes_later_gets_what_comes_from_then_on(runtime, bridge):
    runtime.set_configuration(small(runtime, frames=acquire.UNTIL_STOPPED))
    runtime.start()
    take(runtime, 20)
    with acquire.Runtime(bridge.url) as other:
        frames = take(other, 5)
        assert frames[0].metadata().frame_id >= 20
        runtime.abort()
        runtime.start()
        assert take(other, 5)
        runtime.abort()
