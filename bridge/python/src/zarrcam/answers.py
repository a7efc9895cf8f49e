"""What the bridge answers, as far as `Runtime` hands it on as it is: fields of the protocol (`bridge/protocol/README.md`, Types)."""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict


class StartedRun(NamedTuple):
    """A run that has begun."""

    run_id: str | None
    """Names the recording for good, and is kept in its dataset; None: nothing is recorded."""
    run_number: int
    """Counts the runs of the bridge."""


class Ledger(TypedDict):
    """Counts of the camera's frames: captured = stored + dropped + in_flight, always."""

    captured: int
    stored: int
    dropped: int
    in_flight: int
    dropped_camera: int
    dropped_queue: int
    dropped_storage: int
    array_frames: int


class StreamError(TypedDict):
    """Why a stream ended before its time."""

    code: str
    message: str
    reason: str


class StreamSummary(TypedDict):
    """How a run ended for one stream. `path`: where the data is, on the camera computer; None: nothing was written."""

    stream: int
    name: str
    path: str | None
    ledger: Ledger
    frame_limit: int | None
    frames_stored: int
    end: dict[str, Any]
    frames_published: int
    bytes_stored: int
    elapsed_s: float
    error: StreamError | None


class RunSummary(TypedDict):
    """How a run ended. `complete`: nothing was lost and nothing failed."""

    run_id: str
    run_number: int
    elapsed_s: float
    complete: bool
    streams: list[StreamSummary]


class Validation(TypedDict):
    """What is wrong with a configuration, and what it would write."""

    problems: list[dict[str, Any]]
    refusal: dict[str, Any] | None
    plans: list[dict[str, Any] | None]
    disk_free_bytes: list[int | None]
    resolved: list[dict[str, Any] | None]
