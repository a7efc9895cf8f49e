"""
A useq `MDASequence` (pymmcore-plus, Micro-Manager's world) as dimensions of an array. zarrcam moves no stage and turns no filter wheel:
whoever does, by triggers or between frames, finds each frame at its place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .configuration import StorageDimension, VideoStream
from .words import DimensionType

if TYPE_CHECKING:
    from useq import MDASequence

_KINDS = {"t": DimensionType.Time, "c": DimensionType.Channel, "z": DimensionType.Space}
_PLACES = {"p": "stage positions", "g": "grid positions"}
_SAME = 1e-6
"""Steps that differ by less, relatively, are the same: they were computed."""
_LONGEST_CHUNK_PX = 512


@dataclass(frozen=True)
class SequenceLayout:
    """What a sequence means for the array that its frames fill."""

    dimensions: list[StorageDimension]
    """Those behind x and y, the fastest first, each with its size; chunks of one frame."""
    frame_count: int
    """Frames of the whole sequence."""
    channels: list[str]
    """The channels' names, in their order."""
    z_step_um: float | None
    """From plane to plane, µm; None: there is one plane, or the steps differ."""
    time_interval_s: float | None
    """From time point to time point, s; None: there is one, the intervals differ, or one follows the other as fast as it can."""
    exposure_time_us: float | None
    """How long each frame is exposed, µs; None: the sequence does not say, or says it differently for each channel."""
    positions: list[str]
    """The stage positions' names, where they are a dimension."""

    def apply(self, stream: VideoStream) -> None:
        """Sets a stream up for the sequence, after its camera's `shape`: dimensions, frames, time between time points, exposure."""
        settings = stream.camera.settings
        image = [
            StorageDimension(name=name, kind=DimensionType.Space, array_size_px=size, chunk_size_px=min(size, _LONGEST_CHUNK_PX) or 1)
            for name, size in zip("xy", settings.shape, strict=True)
        ]
        stream.storage.settings.acquisition_dimensions = [*image, *self.dimensions]
        stream.max_frame_count = self.frame_count
        is_time_slowest = bool(self.dimensions) and self.dimensions[-1].kind == DimensionType.Time
        stream.time_point_interval_us = (self.time_interval_s or 0) * 1e6 if is_time_slowest else 0.0
        if self.exposure_time_us is not None:
            settings.exposure_time_us = self.exposure_time_us


def from_useq(sequence: MDASequence, *, positions: Literal["refuse", "dimension"] = "refuse") -> SequenceLayout:
    """
    The dimensions of a useq `MDASequence`.

    Several stage or grid positions are refused unless `positions` is "dimension": then each is an index of a dimension (p, g) of the kind
    Other, and the script moves the stage. A ValueError also says where an array has no place for the sequence: a channel that skips
    planes or time points, a position with a sequence of its own.
    """
    indices = [dict(event.index) for event in sequence if _is_frame(event)]
    if not indices:
        raise ValueError("The sequence has no frames.")
    axes = _axes(sequence, indices)
    _check_places(axes, positions)
    _check_whole(indices, axes)
    channels = [str(channel.config) for channel in sequence.channels]
    z_step = _step([float(z) for z in sequence.z_plan]) if sequence.z_plan and "z" in axes else None
    interval = _step([delta.total_seconds() for delta in sequence.time_plan.deltas()]) if sequence.time_plan and "t" in axes else None
    names = _position_names(sequence) if "p" in axes else []
    labels = {"c": channels, "p": names}
    steps = {"z": (z_step, "micrometer"), "t": (interval, "second")}

    def dimension(axis: str, size: int) -> StorageDimension:
        scale, unit = steps.get(axis, (None, ""))
        return StorageDimension(
            name=axis,
            kind=_KINDS.get(axis, DimensionType.Other),
            array_size_px=size,
            chunk_size_px=1,
            scale=scale or 0.0,
            unit=unit if scale else "",
            labels=labels.get(axis, []),
        )

    # An array has a dimension behind x and y, be it of one time point.
    fastest_first = [dimension(axis, size) for axis, size in reversed(axes.items())] or [dimension("t", 1)]
    exposures = {channel.exposure for channel in sequence.channels}
    exposure_ms = exposures.pop() if len(exposures) == 1 else None
    return SequenceLayout(
        dimensions=fastest_first,
        frame_count=len(indices),
        channels=channels,
        z_step_um=z_step,
        time_interval_s=interval,
        exposure_time_us=None if exposure_ms is None else exposure_ms * 1000,
        positions=names,
    )


def _is_frame(event: Any) -> bool:
    """Not one that only focuses."""
    return getattr(event.action, "type", "acquire_image") == "acquire_image"


def _axes(sequence: Any, indices: Sequence[dict[str, int]]) -> dict[str, int]:
    """Each axis that has more than one index, or is a channel's or a plane's, slowest first, with its size."""
    sizes = {axis: 1 + max(index.get(axis, 0) for index in indices) for axis in sequence.axis_order}
    used = {axis for index in indices for axis in index}
    return {axis: size for axis, size in sizes.items() if axis in used and (size > 1 or axis not in _PLACES)}


def _check_places(axes: Iterable[str], positions: str) -> None:
    if positions not in ("refuse", "dimension"):
        raise ValueError(f'positions is "refuse" or "dimension", not {positions!r}.')
    for axis, what in _PLACES.items():
        if axis in axes and positions == "refuse":
            raise ValueError(
                f"The sequence has several {what}, and zarrcam moves no stage. Record each on its own; or, where the script moves the "
                f'stage between the frames, make them a dimension "{axis}": from_useq(sequence, positions="dimension").'
            )


def _check_whole(indices: Sequence[dict[str, int]], axes: dict[str, int]) -> None:
    expected = itertools.product(*(range(size) for size in axes.values()))
    found = [tuple(index.get(axis, 0) for axis in axes) for index in indices]
    if found != list(expected):
        raise ValueError(
            "The sequence leaves places of the array empty, or fills them in another order: a channel without the z stack (do_stack) or "
            "not at each time point (acquire_every), or a position with a sequence of its own. Record such parts as runs of their own."
        )


def _step(places: Sequence[float]) -> float | None:
    """What lies between one place and the next, where that is always the same; None: it is not, or nothing."""
    steps = [after - before for before, after in itertools.pairwise(places)]
    if not steps or max(steps) - min(steps) > _SAME * max(map(abs, steps)):
        return None
    return abs(round(steps[0], 12)) or None


def _position_names(sequence: Any) -> list[str]:
    places = list(sequence.stage_positions)
    return [str(place.name or f"p{index}") for index, place in enumerate(places)]
