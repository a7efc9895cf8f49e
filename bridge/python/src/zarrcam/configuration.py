"""
The configuration document: Acquire's classes, with what zarrcam has beyond them.

What a field means and which values are right is the bridge's to say (`set_configuration`, `Runtime.validate`); the defaults are
its own, which a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from .record import Document, Record
from .words import DeviceKind, DimensionType, Direction, SampleType, SignalIOKind, TriggerEdge

UNTIL_STOPPED = 2**64 - 1
"""`max_frame_count` of a run that has no end of its own."""

_NO_END_FROM = 2**53
"""JSON of other languages keeps no larger number exactly: all above mean the same."""


_D = TypeVar("_D", bound="_Device")


class DeviceIdentifier(Record):
    """A device by its name. `id` is Acquire's pair of driver and device, and is ignored when it is read."""

    id: tuple[int, int] = (0, 0)
    kind: DeviceKind = DeviceKind.NONE
    name: str = ""

    @staticmethod
    def none() -> DeviceIdentifier:
        """No device."""
        return DeviceIdentifier()

    def _key(self) -> tuple[DeviceKind, str]:
        return (self.kind, self.name)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, DeviceIdentifier) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key() < other._key() if isinstance(other, DeviceIdentifier) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._key() <= other._key() if isinstance(other, DeviceIdentifier) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._key() > other._key() if isinstance(other, DeviceIdentifier) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._key() >= other._key() if isinstance(other, DeviceIdentifier) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


class Trigger(Record):
    """A signal on a digital line of a camera."""

    enable: bool = False
    line: int = 0
    kind: SignalIOKind = SignalIOKind.Input
    edge: TriggerEdge = TriggerEdge.Rising


class InputTriggers(Record):
    """What signals from outside start."""

    acquisition_start: Trigger
    frame_start: Trigger
    exposure: Trigger


class OutputTriggers(Record):
    """What the camera signals to others."""

    exposure: Trigger
    frame_start: Trigger
    trigger_wait: Trigger


class Replay(Record):
    """What the camera `replay` plays: a TIFF file on the camera computer. Not Acquire's."""

    path: str = ""


class CameraProperties(Record):
    """
    How a camera takes frames: times in µs, `offset` and `shape` as (x, y) in px of the frame. `replay`, and `features` (what a camera
    has beyond these, by the camera's own names), are not Acquire's.
    """

    exposure_time_us: float = 0.0
    line_interval_us: float = 0.0
    readout_direction: Direction = Direction.Forward
    binning: int = 1
    pixel_type: SampleType = SampleType.U8
    offset: tuple[int, int] = (0, 0)
    shape: tuple[int, int] = (0, 0)
    input_triggers: InputTriggers
    output_triggers: OutputTriggers
    replay: Replay | None = None
    features: Document | None = None

    _ours = ("replay", "features")


class _Device(Record):
    identifier: DeviceIdentifier | None = DeviceIdentifier()

    @classmethod
    def read(cls: type[_D], document: Mapping[str, Any]) -> _D:
        # As Acquire's scripts find it.
        if document.get("identifier") is None:
            document = {**document, "identifier": {}}
        return super().read(document)


class Camera(_Device):
    """A stream's camera. No identifier, or one of no device (`kind` NONE): there is no such stream."""

    settings: CameraProperties


class StorageDimension(Record):
    """
    A dimension of the array. `array_size_px` counts its elements (px, planes, channels, time points; 0, which the last one may have: it
    grows with the run), `chunk_size_px` those of a chunk, `shard_size_chunks` the chunks of a shard (0: no shards).

    Not Acquire's: `scale`, the physical step from element to element in `unit` ("micrometer", "second"); `labels`, a name for each
    element, of channels say, and `colors`, "RRGGBB" for each of them.
    """

    name: str = ""
    kind: DimensionType = DimensionType.Space
    array_size_px: int = 0
    chunk_size_px: int = 1
    shard_size_chunks: int = 0
    scale: float = 0.0
    unit: str = ""
    labels: list[str]
    colors: list[str]

    _ours = ("scale", "unit", "labels", "colors")


class Compression(Record):
    """How chunks are compressed, instead of what the device's name implies: `codec`, `level` and Blosc's `shuffle`. Not Acquire's."""

    codec: str = "none"
    level: int = 1
    shuffle: str = "byte"


class Multiscale(Record):
    """Zoom levels: `method` (mean, decimate, min, max), and how many besides the full one (0: until one fits a chunk). Not Acquire's."""

    method: str = "mean"
    max_levels: int = 0


class Notes(Record):
    """What people write down of the sample and the run; kept with the data. Not Acquire's."""

    sample: str = ""
    operator: str = ""
    text: str = ""


class StorageProperties(Record):
    """
    How a storage device writes. `pixel_scale_um` is the size (x, y) of a pixel of the stored frame, 0: not calibrated.
    `acquisition_dimensions` begins with the fastest, the reverse of the array's axes.

    A relative `uri` lies in the bridge's data folder: of a bridge that the script has started that is the folder it was started in.
    """

    uri: str | None = None
    external_metadata_json: str | None = None
    first_frame_id: int = 0
    pixel_scale_um: tuple[float, float] = (0.0, 0.0)
    acquisition_dimensions: list[StorageDimension]
    enable_multiscale: bool = False
    s3_access_key_id: str | None = None
    s3_secret_access_key: str | None = None
    compression: Compression | None = None
    multiscale: Multiscale | None = None
    storage_order: list[str]
    durability: str = "layer"
    overwrite: bool = False
    notes: Notes

    # The keys are Acquire's, and refused: S3 is not supported. Left out where there are none.
    _ours = (
        "s3_access_key_id",
        "s3_secret_access_key",
        "compression",
        "multiscale",
        "storage_order",
        "durability",
        "overwrite",
        "notes",
    )

    @property
    def filename(self) -> str | None:
        """The name of `uri` in Acquire 0.3."""
        return self.uri

    @filename.setter
    def filename(self, name: str | None) -> None:
        self.uri = name


class Storage(_Device):
    """Where the frames of a stream go, and how long storage waits before it takes one, ms."""

    settings: StorageProperties
    write_delay_ms: float = 0.0


class VideoStream(Record):
    """
    A camera and where its frames go. `max_frame_count` counts frames of the camera (`UNTIL_STOPPED`: no end of its own),
    `frame_average_count` those that make one stored frame (0 or 1: each).

    Not Acquire's: a `name` for people, the time from frame to frame (0: it follows from the exposure) and from time point to time point
    (0: one follows the other), in µs.
    """

    name: str = ""
    camera: Camera
    storage: Storage
    max_frame_count: int = UNTIL_STOPPED
    frame_average_count: int = 0
    frame_period_us: float = 0.0
    time_point_interval_us: float = 0.0

    _ours = ("name", "frame_period_us", "time_point_interval_us")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> VideoStream:
        stream = super().read(document)
        if stream.max_frame_count >= _NO_END_FROM:
            stream.max_frame_count = UNTIL_STOPPED
        return stream


class Properties(Record):
    """
    The whole configuration. `video` has two streams, as in Acquire, and may have more. `Properties(**json.load(file))` reads a saved
    one, Acquire's own too, `dict()` gives what is to be saved.
    """

    video: list[VideoStream]

    _revision: int | None = None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._complete()

    @property
    def revision(self) -> int | None:
        """Which state of the bridge's configuration this was read from; None: it was made here."""
        return self._revision

    def _complete(self) -> None:
        self.video.extend(VideoStream() for _ in range(2 - len(self.video)))

    def _read_at(self, revision: int) -> None:
        object.__setattr__(self, "_revision", revision)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Properties:
        properties = super().read(document)
        properties._complete()
        return properties

    def for_bridge(self) -> Document:
        """The document without the streams at its end that nobody has touched: they are there for Acquire's scripts."""
        document = self.dict()
        untouched = VideoStream().dict()
        while len(document["video"]) > 1 and document["video"][-1] == untouched:
            document["video"].pop()
        return document
