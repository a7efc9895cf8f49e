"""The configuration's classes, without a bridge."""

import copy
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import tomllib

import zarrcam as acquire
from conftest import ROOT
from zarrcam.names import from_bridge, to_bridge

SAVED = sorted((ROOT / "native/config/tests/fixtures").rglob("*acquire*/*.json")) + sorted(
    (ROOT / "native/config/tests/fixtures").glob("acquire-*.json")
)


def test_there_are_documents_of_acquire():
    assert len(SAVED) >= 15


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_what_acquire_saved_is_read_and_means_the_same(path):
    saved = json.loads(path.read_text())
    again = json.loads(json.dumps(acquire.Properties(**saved).dict()))
    for theirs, ours in zip(saved["video"], again["video"], strict=True):
        settings = theirs["storage"]["settings"]
        if "filename" in settings:
            settings["uri"] = settings.pop("filename")
        # What they leave out has its default; nothing that they say is lost.
        assert contains(ours, theirs)


def contains(ours, theirs):
    if isinstance(theirs, dict):
        return all(contains(ours.get(name), value) for name, value in theirs.items())
    return ours == theirs


def test_the_fields_are_those_of_the_core():
    """Its types are generated; a field that it gets, these classes need."""
    text = (ROOT / "bridge/protocol/src/generated/index.ts").read_text()
    names = {
        "VideoStream": acquire.VideoStream,
        "Camera": acquire.Camera,
        "CameraSettings": acquire.CameraProperties,
        "Storage": acquire.Storage,
        "StorageSettings": acquire.StorageProperties,
        "Dimension": acquire.StorageDimension,
        "Trigger": acquire.Trigger,
        "InputTriggers": acquire.InputTriggers,
        "OutputTriggers": acquire.OutputTriggers,
        "Compression": acquire.Compression,
        "Multiscale": acquire.Multiscale,
        "Notes": acquire.Notes,
        "DeviceIdentifier": acquire.DeviceIdentifier,
    }
    for name, cls in names.items():
        [body] = re.findall(rf"^export type {name} = \{{(.*?)^\}};", text, re.M | re.S)
        fields = set(re.findall(r"^\s{2}(\w+)\??:", body, re.M))
        # What the core has not learned yet, these classes may know already.
        assert fields <= set(cls.fields()), name
    words = {
        "DeviceKind": acquire.DeviceKind,
        "DimensionKind": acquire.DimensionType,
        "PixelType": acquire.SampleType,
        "ReadoutDirection": acquire.Direction,
        "RuntimeState": acquire.DeviceState,
        "TriggerEdge": acquire.TriggerEdge,
        "TriggerKind": acquire.SignalIOKind,
    }
    for name, cls in words.items():
        [line] = re.findall(rf"^export type {name} = (.*);", text, re.M)
        assert set(re.findall(r'"(\w+)"', line)) == {word.value for word in cls}, name


def test_the_version_is_the_projects():
    assert acquire.__version__ == json.loads((ROOT / "package.json").read_text())["version"]
    licence = tomllib.loads((ROOT / "bridge/python/pyproject.toml").read_text())["project"]["license"]
    assert licence == json.loads((ROOT / "package.json").read_text())["license"]
    assert (ROOT / "bridge/python/LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_a_name_that_is_no_field_is_refused():
    settings = acquire.Properties().video[0].camera.settings
    with pytest.raises(AttributeError, match='no field "exposure_us"; did you mean "exposure_time_us"'):
        settings.exposure_us = 1
    with pytest.raises(AttributeError, match='StorageDimension has no field "size"'):
        acquire.StorageDimension(size=1)
    with pytest.raises(AttributeError, match="no attribute 'exposur'"):
        _ = settings.exposur
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del settings.shape


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("shape", (1,), "CameraProperties.shape takes 2 numbers"),
        ("shape", (1.5, 2), r"CameraProperties.shape\[0\] takes a whole number, not 1.5"),
        ("shape", "64", "CameraProperties.shape takes 2 numbers"),
        ("binning", "2", "CameraProperties.binning takes a whole number, not '2'"),
        ("binning", True, "CameraProperties.binning takes a whole number"),
        ("exposure_time_us", float("nan"), "CameraProperties.exposure_time_us takes a number"),
        ("exposure_time_us", "7", "CameraProperties.exposure_time_us takes a number"),
        ("pixel_type", "U9", "CameraProperties.pixel_type: 'U9' is no SampleType: U8, U16"),
        ("input_triggers", 3, "CameraProperties.input_triggers takes InputTriggers or a dictionary"),
    ],
)
def test_a_wrong_value_names_its_field(name, value, message):
    settings = acquire.CameraProperties()
    before = settings.dict()
    with pytest.raises((TypeError, ValueError), match=message):
        setattr(settings, name, value)
    assert settings.dict() == before


def test_values_are_taken_as_their_users_write_them():
    settings = acquire.CameraProperties(shape=np.array([64, 48]), exposure_time_us=7, pixel_type="U16", binning=2.0)
    assert (settings.shape, settings.exposure_time_us, settings.binning) == ((64, 48), 7.0, 2)
    assert settings.pixel_type is acquire.SampleType.U16
    settings.input_triggers.frame_start = acquire.Trigger(enable=True, line=0, edge="Rising")
    settings.output_triggers = {"exposure": {"enable": np.bool_(True), "edge": "Falling"}}
    assert settings.output_triggers.exposure.edge == acquire.TriggerEdge.Falling
    storage = acquire.StorageProperties()
    storage.filename = Path("a") / "b.zarr"
    assert storage.uri == storage.filename == str(Path("a/b.zarr"))
    storage.acquisition_dimensions.append(acquire.StorageDimension(name="x", kind="Space", array_size_px=64))
    assert storage.dict()["acquisition_dimensions"][0]["kind"] == "Space"


def test_each_has_parts_of_its_own():
    one, other = acquire.Properties(), acquire.Properties()
    one.video[0].camera.settings.input_triggers.frame_start.enable = True
    one.video[0].camera.identifier.name = "x"
    assert other == acquire.Properties() != one
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))
    assert eval(repr(acquire.StorageDimension(name="t")), {"StorageDimension": acquire.StorageDimension}).name == "t"


def test_what_this_version_does_not_know_is_kept():
    document = {"video": [{"camera": {"settings": {"lens": {"zoom": 2}}}, "colour": "red"}], "tags": [1]}
    read = acquire.Properties.read(document).dict()
    assert read["tags"] == [1] and read["video"][0]["colour"] == "red"
    assert read["video"][0]["camera"]["settings"]["lens"] == {"zoom": 2}
    with pytest.raises(AttributeError, match='no field "tags"'):
        acquire.Properties(tags=[1])


def test_streams_that_nobody_touched_are_not_sent():
    properties = acquire.Properties()
    assert len(properties.video) == 2 and len(properties.for_bridge()["video"]) == 1
    properties.video[1].camera.settings.binning = 2
    assert len(properties.for_bridge()["video"]) == 2
    properties.video.append(acquire.VideoStream(name="third"))
    assert len(properties.for_bridge()["video"]) == 3


def test_no_end_is_one_number():
    # As JavaScript reads and writes it.
    read = acquire.VideoStream.read({"max_frame_count": 18446744073709552000})
    assert read.max_frame_count == acquire.UNTIL_STOPPED == 2**64 - 1


def test_enumerations_are_acquires():
    assert str(acquire.DeviceState.Running) == "DeviceState.Running"
    assert [int(state) for state in list(acquire.DeviceState)[:4]] == [0, 1, 2, 3]
    assert acquire.DeviceKind.NONE < acquire.DeviceKind.Camera <= acquire.DeviceKind("Camera")
    assert acquire.DeviceIdentifier.none().kind == acquire.DeviceKind.NONE
    one = acquire.DeviceIdentifier(id=(0, 1), kind="Camera", name="a")
    assert one == acquire.DeviceIdentifier(id=(7, 7), kind="Camera", name="a") < acquire.DeviceIdentifier(kind="Camera", name="b")
    with pytest.raises(ValueError, match='did you mean "Camera"'):
        acquire.DeviceKind("camera")


def test_names_lead_to_the_data_folder(tmp_path, monkeypatch):
    data, elsewhere = tmp_path / "data", tmp_path / "work"
    data.mkdir(), elsewhere.mkdir()

    def uri(change, name, folder):
        document = {"video": [{"storage": {"settings": {"uri": name}}}, {}, {"storage": {"settings": {"uri": None}}}]}
        return change(document, folder)["video"][0]["storage"]["settings"]["uri"]

    monkeypatch.chdir(elsewhere)
    assert uri(from_bridge, "a/out.zarr", str(data)) == str(data / "a/out.zarr")
    assert uri(to_bridge, str(data / "a/out.zarr"), str(data)) == "a/out.zarr"
    for name in ("~/out.zarr", "s3://bucket/x", str(tmp_path / "other.zarr")):
        assert uri(from_bridge, name, str(data)) == uri(to_bridge, name, str(data)) == name
    # On another computer it says nothing.
    assert uri(from_bridge, "out.zarr", None) == uri(to_bridge, "out.zarr", None) == "out.zarr"
    monkeypatch.chdir(data)
    assert uri(from_bridge, "out.zarr", str(data)) == "out.zarr"
