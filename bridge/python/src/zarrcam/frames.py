"""Frames as Acquire's scripts take them, and what was lost to who took them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class VideoFrameTimestamps:
    """When a frame was captured, in ns."""

    hardware: int
    """By the camera's clock; its zero is the camera's affair."""
    acq_thread: int
    """By the clock of the camera computer, since 1970-01-01 UTC."""

    def dict(self) -> dict[str, Any]:
        """The timestamps as a dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class VideoFrameMetadata:
    """Which frame it is, and when it was captured."""

    frame_id: int
    """Its index in the recording, from 0; a lost frame keeps its own, so that no other one has it."""
    timestamps: VideoFrameTimestamps
    hardware_frame_id: int
    """The camera's own count. Not Acquire's, where lost frames cannot be seen."""

    def dict(self) -> dict[str, Any]:
        """The metadata as a dictionary."""
        return asdict(self)


class VideoFrame:
    """A frame at full resolution. Its pixels are this script's own: they stay as they are after the data was given back."""

    __slots__ = ("_metadata", "_pixels")

    def __init__(self, pixels: NDArray[Any], metadata: VideoFrameMetadata) -> None:
        self._pixels = pixels
        self._metadata = metadata

    def data(self) -> NDArray[Any]:
        """The pixels, shaped (planes, height, width, channels): one plane and one channel."""
        return self._pixels[np.newaxis, :, :, np.newaxis]

    def metadata(self) -> VideoFrameMetadata:
        """Which frame it is, and when it was captured."""
        return self._metadata

    def __repr__(self) -> str:
        height, width = self._pixels.shape
        return f"VideoFrame({self._metadata.frame_id}: {width} x {height} {self._pixels.dtype})"


@dataclass(frozen=True)
class LostFrames:
    """Frames one after the other that this script does not get."""

    first_frame_id: int
    """Their first index in the recording."""
    count: int
    cause: str
    """
    `camera` (it delivered none), `queue` and `storage` (the recording lost them, too), `client` (this script had not taken the frames
    before them, and there was no more room), `busy` (the recording went first).
    """


class AvailableData:
    """
    The frames that came since they were taken last, and the word which were lost. Nothing waits for it to be given back: a script that
    keeps it, or asks for no more, holds up neither the cameras nor `stop`.
    """

    def __init__(self, frames: Sequence[VideoFrame] = (), lost: Sequence[LostFrames] = ()) -> None:
        self._frames = list(frames)
        self._lost = tuple(lost)

    def frames(self) -> Iterator[VideoFrame]:
        """The frames, in the order in which they were captured."""
        return iter(list(self._frames))

    def get_frame_count(self) -> int:
        """How many frames there are."""
        return len(self._frames)

    @property
    def lost(self) -> tuple[LostFrames, ...]:
        """What was lost to this script since data was taken last. Not Acquire's."""
        return self._lost

    def invalidate(self) -> None:
        """Gives the frames back: it has none any more."""
        self._frames = []

    def __iter__(self) -> Iterator[VideoFrame]:
        return self.frames()

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        return f"AvailableData({len(self._frames)} frames, {sum(lost.count for lost in self._lost)} lost)"


class AvailableDataContext:
    """
    `with runtime.get_available_data(0) as data:` takes the data where the block begins, and gives it back at its end. What Acquire's older
    scripts do works as well: to look at it without `with`, which takes the data at the first look; it is false where there is none.
    """

    def __init__(self, take: Callable[[], AvailableData]) -> None:
        self._take = take
        self._taken: AvailableData | None = None

    def __enter__(self) -> AvailableData:
        self._taken = self._take()
        return self._taken

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._taken:
            self._taken.invalidate()

    def _looked_at(self) -> AvailableData:
        if self._taken is None:
            self._taken = self._take()
        return self._taken

    def frames(self) -> Iterator[VideoFrame]:
        """The frames, in the order in which they were captured."""
        return self._looked_at().frames()

    def get_frame_count(self) -> int:
        """How many frames there are."""
        return self._looked_at().get_frame_count()

    @property
    def lost(self) -> tuple[LostFrames, ...]:
        """What was lost to this script since data was taken last."""
        return self._looked_at().lost

    def __iter__(self) -> Iterator[VideoFrame]:
        return self.frames()

    def __bool__(self) -> bool:
        return self.get_frame_count() > 0

    def __repr__(self) -> str:
        return repr(self._looked_at())
