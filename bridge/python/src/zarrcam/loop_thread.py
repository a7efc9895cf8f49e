"""One event loop in a thread of its own, for everything of this process that talks to bridges: so a script needs no `async`."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any, TypeVar

_T = TypeVar("_T")

# Ctrl-C wakes who waits for a lock, but on Windows not before the wait is over.
_LONGEST_WAIT_S = 0.25 if sys.platform == "win32" else None

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Carries it out in the loop's thread and waits for the result. Ctrl-C ends the waiting, and the work with it."""
    loop = _running_loop()
    future: Future[_T] = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        while True:
            try:
                return future.result(_LONGEST_WAIT_S)
            except NotYet:
                if future.done():
                    raise
    except BaseException:
        future.cancel()
        raise


def is_current() -> bool:
    """Whether this is the loop's own thread, which may wait for nothing."""
    return threading.current_thread() is _thread


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop, _thread
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="zarrcam", daemon=True)
            _thread.start()
        return _loop


def _forget() -> None:
    """A child of `fork` has no such thread, and a lock that nobody may ever give back."""
    global _lock, _loop, _thread
    _lock, _loop, _thread = threading.Lock(), None, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
