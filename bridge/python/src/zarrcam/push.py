"""Cameras that this program pushes into a running bridge.

    import zarrcam.push

    with zarrcam.push.Camera("demo", shape=(1080, 1920), dtype="uint16") as camera:
        while True:
            camera.frame()[:] = ...        # NumPy's view of the memory that the bridge reads
            camera.commit(metadata={"z_um": 3.5})

``camera.put(array)`` does both for an array that there is already. The camera then stands in the bridge's list as
``push: demo``: anyone can set it up, watch it and record it. While nobody does, what is pushed is let go.

What the two sides say to each other, byte by byte: ``native/push/README.md``. This file needs NumPy and a system with sockets
between processes (Linux, macOS), and nothing else of the package.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["BridgeNotFound", "Camera", "PushError", "Refused"]

#: Names another folder for the socket, to bridge and programs alike.
FOLDER_VARIABLE = "ZARRCAM_PUSH_DIR"

_SOCKET_NAME = "push.sock"
_TO_BRIDGE = struct.Struct("<IIIIQQQ")
_FROM_BRIDGE = struct.Struct("<IIII")
_GREETING, _FRAME, _FAREWELL = 1, 2, 3
_WELCOME, _REFUSED, _FREE, _STARTED, _STOPPED = 1, 2, 3, 4, 5

_MOST_SLOTS = 64
_MOST_METADATA_BYTES = 16 << 10
#: What the slots take together, where nothing else is asked.
_USUAL_BYTES = 256 << 20
_USUAL_SLOTS = 8
_PAGE_BYTES = 4096
#: A bridge that is not there is looked for again after so long.
_LOOKS_AGAIN_S = 0.25

_PIXEL_TYPES = {"uint8": "U8", "uint16": "U16", "int8": "I8", "int16": "I16", "float32": "F32"}
_BITS = {10: "U10", 12: "U12", 14: "U14", 16: "U16"}


class PushError(Exception):
    """A frame could not be pushed."""


class BridgeNotFound(PushError, ConnectionError):
    """No bridge of this user listens."""


class Refused(PushError):
    """The bridge does not listen to this program (any more), and says why."""


class Camera:
    """A camera whose frames this program makes.

    :param name: what people call it; the bridge lists it as ``push: NAME``, with a number where that is taken
        (:attr:`name` says how).
    :param shape: rows and columns of a frame, as NumPy says them: ``(1080, 1920)``.
    :param dtype: ``uint8``, ``uint16``, ``int8``, ``int16`` or ``float32``.
    :param bits: the sensor's bits, 10, 12 or 14, where they lie in the low bits of ``uint16``.
    :param on_full: when the bridge has not taken the frames before: ``"wait"`` for it, or ``"drop"`` the frame; what is
        dropped is counted here and in the bridge's ledger.
    :param slots: how many frames may be on their way, 1 to 64.
    :param exposure_time_us: how long light is collected for a frame, for the bridge to write down; 0: not known.
    :param description: what the camera is, in a sentence for people.
    :param folder: where the bridge listens, if not at its usual place.
    :param timeout_s: how long to look for a bridge; ``None``: for ever.

    One thread at a time may use it.
    """

    def __init__(
        self,
        name: str,
        shape: tuple[int, int],
        dtype: DTypeLike = "uint16",
        *,
        bits: int | None = None,
        on_full: Literal["wait", "drop"] = "wait",
        slots: int | None = None,
        exposure_time_us: float = 0.0,
        description: str = "",
        folder: str | os.PathLike[str] | None = None,
        timeout_s: float | None = 10.0,
    ) -> None:
        rows, columns = _checked_shape(shape)
        self._dtype = np.dtype(dtype)
        if on_full not in ("wait", "drop"):
            raise ValueError(f'on_full is {on_full!r}, and must be "wait" or "drop"')
        frame_bytes = rows * columns * self._dtype.itemsize
        #: A page is the unit in which memory comes, and of which no two frames share one.
        slot_bytes = -(-frame_bytes // _PAGE_BYTES) * _PAGE_BYTES
        if slots is None:
            slots = max(3, min(_USUAL_SLOTS, _USUAL_BYTES // slot_bytes))
        if not 1 <= slots <= _MOST_SLOTS:
            raise ValueError(f"slots is {slots}, and must be 1 to {_MOST_SLOTS}")
        self._greeting = {
            "version": 1,
            "name": name,
            "shape": [columns, rows],
            "pixel_type": _pixel_type(self._dtype, bits),
            "slots": slots,
            "slot_bytes": slot_bytes,
            "description": description,
            "exposure_time_us": exposure_time_us,
            "process_id": os.getpid(),
        }
        self._shape = (rows, columns)
        self._on_full = on_full
        self._folders = [Path(folder)] if folder is not None else _folders()
        self._file = _file_in_memory(name, slots * slot_bytes)
        memory = mmap.mmap(self._file, slots * slot_bytes, **_RESIDENT)
        self._slots = [np.ndarray(self._shape, self._dtype, buffer=memory, offset=slot * slot_bytes) for slot in range(slots)]
        self._free = list(range(slots))
        #: The slot that :meth:`frame` gave out; ``None``: none is. -1: memory of this process alone.
        self._in_hand: int | None = None
        self._scratch: NDArray[Any] | None = None
        self._socket: socket.socket | None = None
        self._received = b""
        self._looked_at = 0.0
        self._name = f"push: {name}"
        self._closed = False
        self._running = False
        self._runs = 0
        self._next_id = 0
        self._pushed = 0
        self._dropped = 0
        try:
            self._connect_until(_deadline(timeout_s))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Camera:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        rows, columns = self._shape
        return f"<zarrcam.push.Camera {self._name!r}, {columns} x {rows} px of {self._dtype}>"

    @property
    def name(self) -> str:
        """Its name in the bridge's list: ``push: demo``, ``push: demo 2``."""
        return self._name

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """What a pixel is."""
        return self._dtype

    @property
    def connected(self) -> bool:
        """Whether a bridge has this camera."""
        self._look()
        return self._socket is not None

    @property
    def running(self) -> bool:
        """Whether somebody wants its frames now: a recording, a preview, a measurement."""
        self._look()
        return self._running

    @property
    def runs(self) -> int:
        """How often somebody began to want its frames."""
        self._look()
        return self._runs

    @property
    def pushed(self) -> int:
        """Frames that were handed over."""
        return self._pushed

    @property
    def dropped(self) -> int:
        """Frames that were dropped, since no slot was free or no bridge there."""
        return self._dropped

    def wait_started(self, timeout_s: float | None = None) -> bool:
        """Waits until somebody wants its frames; every frame that is pushed from then on is theirs, until they stop."""
        deadline = _deadline(timeout_s)
        while True:
            self._look()
            if self._running:
                return True
            if not self._wait(deadline):
                return False

    def frame(self, timeout_s: float | None = None) -> NDArray[Any]:
        """The memory of the next frame, to be filled in place and handed over by :meth:`commit`. It is not cleared.

        Where no slot is free it waits (``TimeoutError`` after ``timeout_s``), or, with ``on_full="drop"``, gives memory whose
        frame will be dropped.
        """
        if self._in_hand is None:
            self._in_hand = self._free_slot(_deadline(timeout_s))
        if self._in_hand >= 0:
            return self._slots[self._in_hand]
        if self._scratch is None:
            self._scratch = np.empty(self._shape, self._dtype)
        return self._scratch

    def commit(
        self,
        metadata: Mapping[str, Any] | None = None,
        *,
        clock_ns: int | None = None,
        unix_ns: int | None = None,
        timeout_s: float | None = None,
    ) -> bool:
        """Hands over the frame that :meth:`frame` gave; ``False``: it was dropped.

        :param metadata: what is to be kept with the frame; JSON of at most 16 KiB.
        :param clock_ns: when its exposure began, by any clock that only goes forward; this machine's, now, where it is left
            out.
        :param unix_ns: the wall clock when it was complete; now, where it is left out.
        """
        slot = self._in_hand
        if slot is None:
            raise PushError("commit() hands over what frame() gave: call frame() before, or put(array)")
        text = _metadata(metadata)
        clock_ns = time.monotonic_ns() if clock_ns is None else clock_ns
        unix_ns = time.time_ns() if unix_ns is None else unix_ns
        self._in_hand = None
        number = self._next_id
        self._next_id += 1
        record = _TO_BRIDGE.pack(_FRAME, len(text), max(slot, 0), 0, number, clock_ns, unix_ns) + text
        deadline = _deadline(timeout_s)
        while slot >= 0:
            if self._send(record):
                self._pushed += 1
                return True
            # The bridge went away before it had the frame: the slot is ours again.
            self._free.append(slot)
            if self._on_full == "drop":
                break
            self._connect_until(deadline)
            self._free.remove(slot)
        self._dropped += 1
        return False

    def put(
        self,
        array: ArrayLike,
        metadata: Mapping[str, Any] | None = None,
        *,
        clock_ns: int | None = None,
        unix_ns: int | None = None,
        timeout_s: float | None = None,
    ) -> bool:
        """Copies an array into the next frame and hands it over; ``False``: it was dropped.

        The array has the camera's shape and type: another one is refused, never converted.
        """
        pixels = np.asarray(array)
        if pixels.shape != self._shape:
            raise ValueError(f"shape is {pixels.shape}, and {self._name} pushes {self._shape}: frames keep their size")
        if pixels.dtype != self._dtype:
            raise ValueError(f"dtype is {pixels.dtype}, and {self._name} pushes {self._dtype}: convert it by astype")
        frame = self.frame(timeout_s)
        if self._in_hand != -1:
            np.copyto(frame, pixels)
        return self.commit(metadata, clock_ns=clock_ns, unix_ns=unix_ns, timeout_s=timeout_s)

    def skip(self, frames: int = 1) -> None:
        """Says that the device itself lost so many frames here: they are counted as lost, and their places stay empty."""
        if frames < 0:
            raise ValueError(f"frames is {frames}, and must be 0 or more")
        self._next_id += frames
        self._dropped += frames

    def close(self) -> None:
        """Takes the camera from the bridge's list. What was pushed before still arrives."""
        if self._closed:
            return
        self._closed = True
        with suppress(Refused):
            self._send(_TO_BRIDGE.pack(_FAREWELL, 0, 0, 0, 0, 0, 0))
        self._lost()
        self._slots = []
        os.close(self._file)

    def _free_slot(self, deadline: float | None) -> int:
        while True:
            self._look()
            if self._socket is not None and self._free:
                # The last one that came back is the one that still lies in the cache.
                return self._free.pop()
            if self._on_full == "drop":
                return -1
            if not self._wait(deadline):
                raise TimeoutError(
                    f"{self._name}: the bridge has not taken any of the {len(self._slots)} frames before"
                    if self._socket is not None
                    else f"{self._name}: no bridge is there to take the frame"
                )

    def _look(self) -> None:
        """Reads what the bridge has said, without waiting; looks for a bridge where none is there."""
        if self._closed:
            raise PushError(f"{self._name} is closed")
        if self._socket is None:
            now = time.monotonic()
            if now - self._looked_at < _LOOKS_AGAIN_S:
                return
            self._looked_at = now
            try:
                self._connect()
            except BridgeNotFound:
                return
        self._receive(0.0)

    def _wait(self, deadline: float | None) -> bool:
        """Waits for the bridge to say something, or to come; ``False``: the time is over."""
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return False
        if self._socket is not None:
            self._receive(left)
        else:
            time.sleep(_LOOKS_AGAIN_S if left is None else min(left, _LOOKS_AGAIN_S))
        return True

    def _connect_until(self, deadline: float | None) -> None:
        while True:
            try:
                self._connect()
                return
            except BridgeNotFound:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise
                time.sleep(_LOOKS_AGAIN_S if left is None else min(left, _LOOKS_AGAIN_S))

    def _connect(self) -> None:
        """Greets the bridge; all slots are this program's again, but the one in hand."""
        self._socket = _connected(self._folders)
        self._received = b""
        self._free = [slot for slot in range(len(self._slots)) if slot != self._in_hand]
        self._running = False
        text = json.dumps(self._greeting).encode()
        record = _TO_BRIDGE.pack(_GREETING, len(text), 0, 0, 0, 0, 0)
        try:
            sent = socket.send_fds(self._socket, [record + text], [self._file])
            self._socket.sendall((record + text)[sent:])
        except OSError:
            # Whether it said why stands in what comes.
            pass
        self._name = ""
        while not self._name and self._socket is not None:
            self._receive(5.0)
        if self._socket is None:
            self._name = f"push: {self._greeting['name']}"
            raise BridgeNotFound("the bridge ended while it was greeted")

    def _send(self, record: bytes) -> bool:
        if self._socket is None:
            return False
        try:
            self._socket.settimeout(None)
            self._socket.sendall(record)
            return True
        except OSError:
            self._receive(0.0)
            self._lost()
            return False

    def _receive(self, wait_s: float | None) -> None:
        """Reads what has come; where nothing has, waits so long for it (``None``: for ever)."""
        while self._socket is not None:
            try:
                self._socket.settimeout(wait_s)
                came = self._socket.recv(4096)
            except (TimeoutError, BlockingIOError):
                return
            except OSError:
                came = b""
            if not came:
                self._lost()
                return
            self._received += came
            wait_s = 0.0
            self._read_records()

    def _read_records(self) -> None:
        while len(self._received) >= _FROM_BRIDGE.size:
            kind, payload_bytes, slot, _ = _FROM_BRIDGE.unpack_from(self._received)
            end = _FROM_BRIDGE.size + payload_bytes
            if len(self._received) < end:
                return
            text = self._received[_FROM_BRIDGE.size : end].decode(errors="replace")
            self._received = self._received[end:]
            if kind == _WELCOME:
                self._name = text
            elif kind == _FREE:
                self._free.append(slot)
            elif kind == _STARTED:
                self._running = True
                self._runs += 1
            elif kind == _STOPPED:
                self._running = False
            elif kind == _REFUSED:
                self._lost()
                raise Refused(f"the bridge does not take {self._greeting['name']!r}: {text}")

    def _lost(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._running = False
        self._received = b""


#: Pages that are there before the first frame do not hold it up.
_RESIDENT: dict[str, int] = {"flags": mmap.MAP_SHARED | mmap.MAP_POPULATE} if hasattr(mmap, "MAP_POPULATE") else {}


def _file_in_memory(name: str, size: int) -> int:
    """Memory that can be handed to another process. It ends with the last one that has it, so nothing is left behind."""
    if sys.platform == "linux":
        import fcntl

        file = os.memfd_create(f"zarrcam push {name}"[:200], os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(file, size)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, seals)
        return file
    with tempfile.TemporaryFile() as unnamed:
        unnamed.truncate(size)
        return os.dup(unnamed.fileno())


def _folders() -> list[Path]:
    """Where the bridge of this user may listen: the places at which it looks itself, in its order."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return [Path(named)]
    user = os.getuid()
    of_session = os.environ.get("XDG_RUNTIME_DIR")
    places = [Path(of_session, "zarrcam")] if of_session else []
    temporary = Path(os.environ.get("TMPDIR") or "/tmp")
    return [*places, Path(f"/run/user/{user}/zarrcam"), temporary / f"zarrcam-{user}"]


def _connected(folders: list[Path]) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise PushError("this system has no sockets between processes, which push cameras need: use Linux or macOS")
    for folder in folders:
        bridge = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Nobody else may pose as the bridge.
            if os.stat(folder).st_uid == os.getuid():
                bridge.connect(str(folder / _SOCKET_NAME))
                return bridge
        except OSError:
            pass
        bridge.close()
    raise BridgeNotFound(
        f"no bridge listens in {', '.join(map(str, folders))}: start one (npm start), or name its folder in {FOLDER_VARIABLE}"
    )


def _checked_shape(shape: tuple[int, int]) -> tuple[int, int]:
    try:
        rows, columns = (int(side) for side in shape)
    except (TypeError, ValueError):
        raise ValueError(f"shape is {shape!r}, and must be two numbers: rows and columns") from None
    if rows < 1 or columns < 1:
        raise ValueError(f"shape is {shape!r}, and must be at least one row and one column")
    return rows, columns


def _pixel_type(dtype: np.dtype[Any], bits: int | None) -> str:
    if dtype.name not in _PIXEL_TYPES or not dtype.isnative:
        raise ValueError(f"dtype is {dtype.str}, and must be one of {', '.join(_PIXEL_TYPES)} in this machine's byte order")
    if bits is None:
        return _PIXEL_TYPES[dtype.name]
    if dtype.name != "uint16" or bits not in _BITS:
        raise ValueError(f"bits is {bits} for {dtype}, and must be 10, 12 or 14 for uint16, or left out")
    return _BITS[bits]


def _metadata(metadata: Mapping[str, Any] | None) -> bytes:
    if metadata is None:
        return b""
    try:
        text = json.dumps(dict(metadata), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ValueError(f"metadata cannot be written as a JSON object: {error}") from error
    if len(text) > _MOST_METADATA_BYTES:
        raise ValueError(f"metadata takes {len(text)} bytes as JSON, and may take {_MOST_METADATA_BYTES}")
    return text


def _deadline(timeout_s: float | None) -> float | None:
    return None if timeout_s is None else time.monotonic() + timeout_s
