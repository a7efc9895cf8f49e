"""A bridge that this process has started for itself: it ends with the last Runtime that uses it, and with the process however that ends."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

from .errors import BridgeNotFoundError

STARTED_WITHIN_S = 60.0
"""A bridge is there within two seconds; on a computer that does much else it takes longer."""
ENDED_WITHIN_S = 15.0
"""What was captured is stored before it ends."""

_READY = re.compile(r"is ready: (https?://\S+)")
_LAST_LINES = 20


class OwnBridge:
    """A process of `zarrcam serve`, and who uses it."""

    def __init__(self, command: list[str], data_folder: Path) -> None:
        self.data_folder = data_folder
        self.users = 0
        self.is_set_up = False
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._url: str | None = None
        self._said = threading.Condition()
        arguments = ["serve", "--port", "0", "--data", str(data_folder), "--until-stdin-ends"]
        # Ctrl-C is this process's: what becomes of a run that goes on is for the script to say.
        group = {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
        try:
            self.process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                **group,
            )
        except OSError as error:
            raise BridgeNotFoundError(f"{shlex.join(command)} cannot be started: {error}.") from error
        threading.Thread(target=self._listen, name="zarrcam bridge", daemon=True).start()

    @property
    def last_words(self) -> str:
        """What it printed last."""
        return "\n".join(self._lines).strip()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def end_text(self) -> str:
        """That it has ended, and what it said last."""
        said = f" It said last:\n{self.last_words}" if self.last_words else ""
        return f"The bridge that this script had started has ended (exit code {self.process.poll()}).{said}"

    def wait_until_ready(self) -> str:
        """Its address."""
        deadline = time.monotonic() + STARTED_WITHIN_S
        with self._said:
            while self._url is None:
                if self.has_ended or time.monotonic() > deadline:
                    break
                self._said.wait(0.1)
        if self._url is None:
            text = self.end_text() if self.has_ended else f"The bridge was not ready within {STARTED_WITHIN_S:.0f} s."
            self.end()
            raise BridgeNotFoundError(text)
        return self._url

    def end(self) -> None:
        """Ends it: what was captured is stored first, by itself if that takes long."""
        if self.has_ended:
            return
        if sys.platform != "win32":
            # A child that was forked may hold the pipe as well.
            self.process.terminate()
        self.let_go()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDED_WITHIN_S)

    def let_go(self) -> None:
        """Closes this process's end of the pipe; when nobody holds it, the bridge ends."""
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            with self._said:
                self._lines.append(line.rstrip())
                ready = _READY.search(line)
                if ready and self._url is None:
                    self._url = ready[1]
                self._said.notify_all()


_lock = threading.Lock()
_running: dict[Path, OwnBridge] = {}


def share(data_folder: Path | None) -> OwnBridge | None:
    """The bridge that this process has started already, for this folder or, where none is named, any; None: there is none."""
    with _lock:
        for folder, bridge in list(_running.items()):
            if bridge.has_ended:
                del _running[folder]
            elif data_folder in (None, folder):
                bridge.users += 1
                return bridge
    return None


def start(data_folder: Path) -> OwnBridge:
    """Starts one, by `ZARRCAM_COMMAND` or the `zarrcam` that is found on the path."""
    with _lock:
        bridge = OwnBridge(_command(), data_folder)
        bridge.users = 1
        _running[data_folder] = bridge
    return bridge


def release(bridge: OwnBridge) -> None:
    """Somebody uses it no more; it ends with the last one."""
    with _lock:
        bridge.users -= 1
        if bridge.users > 0:
            return
        if _running.get(bridge.data_folder) is bridge:
            del _running[bridge.data_folder]
    bridge.end()


def _command() -> list[str]:
    named = os.environ.get("ZARRCAM_COMMAND")
    if named:
        command = shlex.split(named, posix=sys.platform != "win32")
        return [shutil.which(command[0]) or command[0], *command[1:]]
    found = shutil.which("zarrcam")
    if found:
        return [found]
    raise BridgeNotFoundError(
        "There is no zarrcam to connect to on this computer, and no command `zarrcam` that would start one. Start one (`npm start` in "
        "zarrcam's folder, or `zarrcam serve`); or name one that runs elsewhere (Runtime(url) or the environment's ZARRCAM_URL); or say "
        'how one is started here (ZARRCAM_COMMAND, "node …/zarrcam/bridge/cli/bin/zarrcam.js" for example).'
    )


def _forget() -> None:
    """In a child of `fork`: the bridge is the parent's, and must not outlive it for the child's sake."""
    global _lock
    _lock = threading.Lock()
    for bridge in _running.values():
        bridge.let_go()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
