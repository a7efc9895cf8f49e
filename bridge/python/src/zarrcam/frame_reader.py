"""
Every frame of a recording by `GET /streams/{n}/frames`, read in a thread of its own into memory of this process, until it is taken.

Storage is never disturbed: what is not read waits in memory that the bridge keeps for this client alone, and is then lost to it, which it
is told. So it is with `stop`: it waits for nobody who reads.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .address import TIMEOUT_S, Address, refusal
from .errors import DisconnectedError
from .frames import LostFrames, VideoFrame, VideoFrameMetadata, VideoFrameTimestamps

MOST_BYTES = 256 << 20
"""So much of frames waits in this process, and as much again in the bridge's."""
AHEAD_BYTES = 32 << 20
"""As long as nobody has asked for frames: a script that never does shall cost little."""

IDLE_S = 0.02
"""A bridge of this computer needs less to send what it has."""

_HEADER = struct.Struct("<IHHBBBBI6Q4I")
_MAGIC = 0x5246435A
_BEGIN, _FRAME, _LOST, _END = 1, 2, 3, 4
_CAUSES = {1: "camera", 2: "queue", 3: "storage", 4: "client", 5: "busy"}
_PIXELS = ("<u1", "<u2", "<i1", "<i2", "<f4", "<u2", "<u2", "<u2")

_LONGEST_LOOK_S = 2.0


@dataclass
class _Record:
    kind: int
    pixel_type: int
    cause: int
    run: int
    length: int
    index: int
    count: int
    hardware_id: int
    camera_ns: int
    host_ns: int
    width: int
    height: int


class FrameReader:
    """Frames of one recording of one stream."""

    def __init__(self, address: Address, stream: int, *, next_run: bool, after: FrameReader | None = None) -> None:
        """
        Asks for the frames of the recording that is started next, from its first one on, or of the one that goes on, from now on;
        `after`: what lies between a reader that was cut off and now is lost. A ZarrcamError says why not: `not_running`,
        `unknown_stream`, `too_many_requests`.
        """
        self._after = after
        self._connection = address.connection()
        self._where = address.origin
        try:
            self._connection.connect()
            # The answer takes it from the connection where that shall end with it.
            self._socket: socket.socket = self._connection.sock
            query = "?run=next" if next_run else ""
            self._connection.request("GET", f"/streams/{stream}/frames{query}", headers=address.headers)
            self._response = self._connection.getresponse()
            if self._response.status != 200:
                raise refusal(self._response.status, self._response.read(4096).decode(errors="replace"), self._where)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise DisconnectedError(f"The bridge at {self._where} does not give frames: {error}.") from error
        except BaseException:
            self._connection.close()
            raise
        # A camera that waits for a trigger sends nothing for hours.
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._changed = threading.Condition()
        self._frames: deque[VideoFrame] = deque()
        self._bytes = 0
        self._room = AHEAD_BYTES
        self._lost: list[LostFrames] = []
        self._run: int | None = None
        self._next_index: int | None = None
        self._waiting_since: float | None = None
        self._is_over = False
        self._is_complete = False
        self._closed = False
        threading.Thread(target=self._read, name=f"zarrcam frames {stream}", daemon=True).start()

    @property
    def run(self) -> int | None:
        """`run_number` of the recording; None: it has not begun."""
        return self._run

    @property
    def next_index(self) -> int | None:
        """The index behind the last frame that came, or that was said to be lost; None: none has come."""
        return self._next_index

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._is_over

    @property
    def is_complete(self) -> bool:
        """Whether all has come: the bridge said so. If not, and it is over, the connection broke, or this reader was too slow."""
        return self._is_complete

    def take(self, captures: Callable[[], bool]) -> tuple[list[VideoFrame], list[LostFrames]]:
        """
        What has come since it was taken last. What is on its way now is waited for and, where the run does not capture any more, all of it,
        as far as there is room. No camera and no storage waits meanwhile.
        """
        begun = time.monotonic()
        with self._changed:
            self._room = MOST_BYTES
            self._changed.notify_all()
            while not self._is_over:
                has_ended = not captures()
                if self._bytes >= self._room // 2 if has_ended else self._frames or self._is_idle():
                    break
                if time.monotonic() - begun > (TIMEOUT_S if has_ended else _LONGEST_LOOK_S):
                    break
                self._changed.wait(IDLE_S / 2)
            frames, lost = list(self._frames), self._lost
            self._frames.clear()
            self._lost = []
            self._bytes = 0
            self._changed.notify_all()
            return frames, lost

    def close(self) -> None:
        """Leaves; nobody misses it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        # A read that waits ends by it; `close` alone would wait for the read.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _is_idle(self) -> bool:
        """Whether nothing is on its way."""
        since = self._waiting_since
        return since is not None and time.monotonic() - since > IDLE_S

    def _read(self) -> None:
        try:
            while not self._closed and self._one():
                pass
        except (OSError, http.client.HTTPException, ValueError):
            # Where it broke is seen from `next_index` and `is_complete`.
            pass
        finally:
            self._connection.close()
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _one(self) -> bool:
        self._waiting_since = time.monotonic()
        record = self._header()
        self._waiting_since = None
        if record.kind == _BEGIN:
            self._response.read(record.length)
            self._begin(record)
        elif record.kind == _FRAME:
            self._take_frame(record)
        elif record.kind == _LOST:
            self._response.read(record.length)
            self._note(record.index, record.count, LostFrames(record.index, record.count, _CAUSES.get(record.cause, "other")))
        else:
            self._response.read(record.length)
            self._is_complete = record.kind == _END
        return record.kind != _END

    def _begin(self, record: _Record) -> None:
        before, self._after = self._after, None
        self._run, self._next_index = record.run, record.index
        if before and before.run == record.run and before.next_index is not None and before.next_index < record.index:
            missed = record.index - before.next_index
            self._note(before.next_index, missed, LostFrames(before.next_index, missed, "client"))

    def _header(self) -> _Record:
        bytes_ = self._exactly(_HEADER.size)
        (
            magic,
            version,
            size,
            kind,
            pixel_type,
            cause,
            _,
            run,
            length,
            index,
            count,
            hardware_id,
            camera_ns,
            host_ns,
            width,
            height,
            _,
            _,
        ) = _HEADER.unpack(bytes_)
        if (magic, version, size) != (_MAGIC, 1, _HEADER.size):
            raise ValueError("this is no stream of frames of version 1")
        return _Record(kind, pixel_type, cause, run, length, index, count, hardware_id, camera_ns, host_ns, width, height)

    def _take_frame(self, record: _Record) -> None:
        pixels = np.empty((record.height, record.width), _PIXELS[record.pixel_type])
        if pixels.nbytes != record.length:
            raise ValueError("the frame is not as long as its header says")
        with self._changed:
            # Then the bridge has it wait, and tells what it had no room for.
            self._changed.wait_for(lambda: self._closed or not self._frames or self._bytes + record.length <= self._room)
        self._fill(pixels)
        stamps = VideoFrameTimestamps(record.camera_ns, record.host_ns)
        frame = VideoFrame(pixels, VideoFrameMetadata(record.index, stamps, record.hardware_id))
        with self._changed:
            self._frames.append(frame)
            self._bytes += record.length
            self._next_index = record.index + 1
            self._changed.notify_all()

    def _note(self, index: int, count: int, lost: LostFrames) -> None:
        with self._changed:
            self._lost.append(lost)
            self._next_index = index + count
            self._changed.notify_all()

    def _exactly(self, length: int) -> bytes:
        piece = self._response.read(length)
        if len(piece) < length:
            raise ValueError("the stream of frames broke")
        return piece

    def _fill(self, pixels: NDArray[Any]) -> None:
        memory = memoryview(pixels.data).cast("B")
        filled = 0
        while filled < len(memory):
            count = self._response.readinto(memory[filled:])
            if not count:
                raise ValueError("the stream of frames broke")
            filled += count
