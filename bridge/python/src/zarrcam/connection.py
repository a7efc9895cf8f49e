"""A Runtime's way to its bridge: which bridge it is, calls from any thread, and what the bridge has told last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import loop_thread, own_bridge
from .address import Address, address_of, answers
from .client import BridgeClient
from .errors import DisconnectedError, NotPairedError, RunStateError
from .own_bridge import OwnBridge

DEFAULT_URL = "http://127.0.0.1:8421"
"""Where `zarrcam serve` is, and `npm start`, unless they were told otherwise."""

_LOOK_S = 1.0
_NOTIFICATIONS = ("state", "configuration", "run_ended", "log")
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

log = logging.getLogger("zarrcam")

_finding = threading.Lock()


def find(url: str | None, token: str | None, fingerprint: str | None, data_folder: Path | None) -> tuple[Address, OwnBridge | None]:
    """The bridge that is meant, started where there is none."""
    if url is not None:
        if data_folder is not None:
            raise ValueError("A bridge that runs already has its data folder: leave out url, or data_folder.")
        return address_of(url, token, fingerprint), None
    if token or fingerprint:
        raise ValueError("A token or a fingerprint is for the bridge at a url: Runtime(url, token=…).")
    named = os.environ.get("ZARRCAM_URL")
    if named and data_folder is None:
        secrets = (os.environ.get("ZARRCAM_TOKEN"), os.environ.get("ZARRCAM_FINGERPRINT"))
        return address_of(named, *secrets), None
    with _finding:
        own = own_bridge.share(data_folder)
        if own is None:
            default = address_of(DEFAULT_URL)
            if data_folder is None and answers(default, _LOOK_S):
                return default, None
            own = own_bridge.start(data_folder or Path.cwd())
        return address_of(own.wait_until_ready()), own


@dataclass
class Seen:
    """What the bridge has told last."""

    state: str = "Closed"
    run_number: int | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    last_run: dict[str, Any] | None = None


class Connection:
    """
    One connection at a time, made again by the next call when it broke: a run belongs to the bridge, and goes on meanwhile. A bridge that
    this process had started and that has ended is not started again: what was configured there is gone.
    """

    def __init__(self, address: Address, own: OwnBridge | None) -> None:
        self.address = address
        self.own = own
        self.seen = Seen()
        self.data_folder = ""
        self._process_id = os.getpid()
        self._client: BridgeClient | None = None
        self._connecting = asyncio.Lock()
        self._is_closed = False
        try:
            loop_thread.run(self._connected())
        except BaseException:
            self.close()
            raise

    def call(self, method: str, **params: Any) -> Any:
        """Any method of the protocol; from any thread."""
        if os.getpid() != self._process_id:
            raise RunStateError("This Runtime belongs to the process that made it: make one in each process.", code="closed")
        try:
            return loop_thread.run(self._call(method, params))
        except NotPairedError:
            raise
        except DisconnectedError as error:
            raise self.named(error) from error

    def close(self) -> None:
        """Ends the connection, and the bridge with the last Runtime that uses it, if this process has started it."""
        if self._is_closed or os.getpid() != self._process_id:
            return
        self._is_closed = True
        if loop_thread.is_current():
            # The garbage collector comes by in any thread.
            threading.Thread(target=self._close).start()
        else:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(DisconnectedError, RuntimeError, asyncio.CancelledError):
            loop_thread.run(self._disconnect())
        if self.own:
            own_bridge.release(self.own)

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        if self.address.token and client.ended is None:
            # Else nobody has control for a minute.
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.call("control.release"), _LOOK_S)
        await client.close()

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        client = await self._connected()
        return await client.call(method, **params)

    async def _connected(self) -> BridgeClient:
        async with self._connecting:
            if self._is_closed:
                raise RunStateError("This Runtime is closed.", code="closed")
            if self._client and isinstance(self._client.ended, NotPairedError):
                raise NotPairedError(self._client.ended.message)
            if self._client is None or self._client.ended:
                if self.own and self.own.has_ended:
                    raise DisconnectedError(self.own.end_text())
                self._client = await BridgeClient.connect(self.address, notifications=_NOTIFICATIONS, listener=self._notified)
                self._greeted(self._client.hello)
            return self._client

    def named(self, error: DisconnectedError) -> DisconnectedError:
        """A bridge of this process says better what has become of it."""
        if self.own:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.own.process.wait(_LOOK_S)
            if self.own.has_ended:
                return DisconnectedError(self.own.end_text())
        return error

    def _greeted(self, hello: dict[str, Any]) -> None:
        self.data_folder = hello.get("data_dir") or ""
        last_run = hello.get("last_run")
        self.seen = Seen(
            state=hello.get("state", "Closed"),
            configuration=hello.get("configuration") or {},
            revision=hello.get("revision", 0),
            last_run=last_run,
        )

    def _notified(self, name: str, params: dict[str, Any]) -> None:
        seen = self.seen
        if name == "state":
            seen.state, seen.run_number = params["state"], params["run_number"]
        elif name == "configuration":
            seen.configuration, seen.revision = params["configuration"], params["revision"]
        elif name == "run_ended":
            seen.last_run = params
        elif name == "log":
            log.log(_LEVELS.get(params["level"], logging.INFO), "%s", params["message"])


def _forget() -> None:
    global _finding
    _finding = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
