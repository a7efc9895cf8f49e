"""What the configured devices can do, in Acquire's classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .record import Record
from .words import PropertyType, SampleType

_MOST_LINES = 8


class Property(Record):
    """The values that a setting can have, both ends included. `step` (0: any value between) is not Acquire's."""

    writable: bool = False
    low: float = 0.0
    high: float = 0.0
    kind: PropertyType = PropertyType.FixedPrecision
    step: float = 0.0

    _ours = ("step",)


class OffsetCapabilities(Record):
    """Where the region of interest may begin, px."""

    x: Property
    y: Property


class ShapeCapabilities(Record):
    """Width and height that a frame may have, px."""

    x: Property
    y: Property


class DigitalLineCapabilities(Record):
    """The digital lines of a camera; as in Acquire there are eight names, of which `line_count` are lines."""

    line_count: int = 0
    names: list[str]


class TriggerInputOutputCapabilities(Record):
    """Which lines can be used: bit n is line n."""

    input: int = 0
    output: int = 0


class TriggerCapabilities(Record):
    """Which lines can start what, and signal what. `trigger_wait` is not Acquire's."""

    acquisition_start: TriggerInputOutputCapabilities
    exposure: TriggerInputOutputCapabilities
    frame_start: TriggerInputOutputCapabilities
    trigger_wait: TriggerInputOutputCapabilities


class CameraCapabilities(Record):
    """What a camera can do with the settings in force: times in µs, offset and shape in px. `binnings` lists every one; not Acquire's."""

    exposure_time_us: Property
    line_interval_us: Property
    readout_direction: Property
    binning: Property
    offset: OffsetCapabilities
    shape: ShapeCapabilities
    supported_pixel_types: list[SampleType]
    digital_lines: DigitalLineCapabilities
    triggers: TriggerCapabilities
    binnings: list[int]

    _ours = ("binnings",)


class StorageCapabilities(Record):
    """What a storage device can do. The codecs, the ending of its names and whether it needs a `uri` are not Acquire's."""

    chunking_is_supported: bool = False
    sharding_is_supported: bool = False
    multiscale_is_supported: bool = False
    s3_is_supported: bool = False
    codecs: list[str]
    extension: str = ""
    needs_uri: bool = False

    _ours = ("codecs", "extension", "needs_uri")


class VideoStreamCapabilities(Record):
    """What one stream can do as it is configured now. Without a camera or storage device nothing can be set of it."""

    camera: CameraCapabilities
    storage: StorageCapabilities
    max_frame_count: Property
    frame_average_count: Property


class Capabilities(Record):
    """What the configured devices can do, one entry for each stream, and at least two as in Acquire."""

    video: list[VideoStreamCapabilities]


def read_capabilities(answer: Mapping[str, Any]) -> Capabilities:
    """Of what `get_capabilities` answers."""
    video = [_stream(stream) for stream in answer["video"]]
    video.extend(VideoStreamCapabilities() for _ in range(2 - len(video)))
    return Capabilities(video=video)


def _stream(stream: Mapping[str, Any]) -> VideoStreamCapabilities:
    return VideoStreamCapabilities(
        camera=_camera(stream["camera"]) if stream["camera"] else CameraCapabilities(),
        storage=_storage(stream["storage"]) if stream["storage"] else StorageCapabilities(),
        max_frame_count=_property(stream["max_frame_count"]),
        frame_average_count=_property(stream["frame_average_count"]),
    )


def _camera(camera: Mapping[str, Any]) -> CameraCapabilities:
    binnings, lines = camera["binning"], camera["lines"]
    all_lines = (1 << len(lines)) - 1
    inputs, outputs = camera["input_triggers"], camera["output_triggers"]

    def trigger(name: str) -> TriggerInputOutputCapabilities:
        return TriggerInputOutputCapabilities(input=all_lines if name in inputs else 0, output=all_lines if name in outputs else 0)

    direction = camera["readout_direction_writable"]
    return CameraCapabilities(
        exposure_time_us=_property(camera["exposure_time_us"]),
        line_interval_us=_property(camera["line_interval_us"]),
        readout_direction=Property(writable=direction, high=float(direction)),
        binning=Property(writable=len(binnings) > 1, low=min(binnings, default=1), high=max(binnings, default=1)),
        offset=OffsetCapabilities(**_two(camera["offset"])),
        shape=ShapeCapabilities(**_two(camera["shape"])),
        supported_pixel_types=camera["pixel_types"],
        digital_lines=DigitalLineCapabilities(line_count=len(lines), names=[*lines, *[""] * (_MOST_LINES - len(lines))]),
        triggers=TriggerCapabilities(**{name: trigger(name) for name in TriggerCapabilities.fields()}),
        binnings=binnings,
    )


def _storage(storage: Mapping[str, Any]) -> StorageCapabilities:
    return StorageCapabilities(
        chunking_is_supported=storage["chunking"],
        sharding_is_supported=storage["sharding"],
        multiscale_is_supported=storage["multiscale"],
        codecs=storage["codecs"],
        extension=storage["extension"],
        needs_uri=storage["needs_uri"],
    )


def _two(ranges: Sequence[Mapping[str, Any]]) -> dict[str, Property]:
    return dict(zip(("x", "y"), map(_property, ranges), strict=True))


def _property(value: Mapping[str, Any]) -> Property:
    return Property(writable=value["writable"], low=value["low"], high=value["high"], step=value["step"])
