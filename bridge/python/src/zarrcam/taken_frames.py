"""Which frames a Runtime has taken of each stream, and how it comes to the next ones."""

from __future__ import annotations

import logging
import threading
from typing import Any

from .connection import Connection
from .errors import DisconnectedError, ZarrcamError
from .frame_reader import FrameReader
from .frames import AvailableData, LostFrames, VideoFrame

log = logging.getLogger("zarrcam")

_CAPTURES = "Running"


class TakenFrames:
    """The readers of a Runtime's streams; from any thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._readers: dict[int, FrameReader] = {}
        self._refused: dict[int, ZarrcamError] = {}

    def wait_for_run(self) -> dict[int, FrameReader]:
        """A reader for each stream with a camera, which waits for the recording that is started next."""
        waiting: dict[int, FrameReader] = {}
        self._refused.clear()
        for stream in self._streams():
            try:
                waiting[stream] = FrameReader(self._connection.address, stream, next_run=True)
            except ZarrcamError as refused:
                # The recording is worth more; who asks for frames is told.
                self._refused[stream] = refused
        return waiting

    def begin(self, readers: dict[int, FrameReader]) -> None:
        """A recording has begun, which these wait for."""
        with self._lock:
            self._close_all()
            self._readers = readers

    def take(self, stream: int) -> AvailableData:
        """What has come of a stream since it was taken last."""
        with self._lock:
            if stream in self._refused:
                raise self._refused[stream]
            reader = self._readers.get(stream)
            frames: list[VideoFrame] = []
            lost: list[LostFrames] = []
            if reader:
                frames, lost = reader.take(self._captures)
            if reader is None or (reader.is_over and not frames):
                reader, missed = self._next_reader(stream, reader)
                lost.extend(missed)
                if reader:
                    frames, more = reader.take(self._captures)
                    lost.extend(more)
        own_fault = sum(some.count for some in lost if some.cause == "client")
        if own_fault:
            log.warning("%d frames of stream %d are lost to get_available_data: they were not taken in time.", own_fault, stream)
        return AvailableData(frames, lost)

    def close(self) -> None:
        """Leaves all recordings."""
        with self._lock:
            self._close_all()

    def _close_all(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers = {}

    def _next_reader(self, stream: int, before: FrameReader | None) -> tuple[FrameReader | None, list[LostFrames]]:
        """Joins the recording that goes on, where there is another one, or where it was left; and what was missed by that."""
        seen = self._connection.seen
        left = None if before is None or before.is_complete else before.next_index
        if (before is None or before.is_complete) and not self._captures():
            return None, []
        if before and before.is_complete and before.run == seen.run_number:
            return None, []
        try:
            reader = FrameReader(self._connection.address, stream, next_run=False, after=before if left is not None else None)
        except DisconnectedError as error:
            raise self._connection.named(error) from error
        except ZarrcamError as refused:
            if refused.code != "not_running":
                raise
            missed = self._missed_at_end(stream, before) if left is not None and before else []
            if missed or seen.state != _CAPTURES:
                self._readers.pop(stream, None)
            return None, missed
        self._readers[stream] = reader
        return reader, []

    def _missed_at_end(self, stream: int, before: FrameReader) -> list[LostFrames]:
        """What came after a reader had been cut off, and before the recording's end."""
        run: dict[str, Any] = self._connection.seen.last_run or {}
        first = before.next_index
        if run.get("run_number") != before.run or first is None:
            return []
        ends = [summary["ledger"]["array_frames"] for summary in run["streams"] if summary["stream"] == stream]
        return [LostFrames(first, end - first, "client") for end in ends if end > first]

    def _captures(self) -> bool:
        return self._connection.seen.state == _CAPTURES

    def _streams(self) -> list[int]:
        video = self._connection.seen.configuration.get("video", [])
        identifiers = [(stream.get("camera") or {}).get("identifier") for stream in video]
        return [index for index, device in enumerate(identifiers) if device and device.get("kind") == "Camera"]
