"""Acquire's `Runtime`, of a bridge."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from . import names
from .answers import RunSummary, StartedRun, Validation
from .capabilities import Capabilities, read_capabilities
from .configuration import DeviceIdentifier, Properties
from .connection import Connection, find
from .errors import InvalidConfigurationError, RunStateError
from .frames import AvailableDataContext
from .taken_frames import TakenFrames
from .words import DeviceKind, DeviceState

log = logging.getLogger("zarrcam")


class DeviceManager:
    """The devices of a Runtime."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def devices(self) -> list[DeviceIdentifier]:
        """All cameras and storage devices."""
        return [DeviceIdentifier.read(device["identifier"]) for device in self._connection.call("devices")]

    def select(self, kind: DeviceKind | str, name: str | None = None) -> DeviceIdentifier | None:
        """
        The first device of the kind whose whole name matches `name`, a regular expression in which case does not count; without one, the
        first of the kind. None: there is none.
        """
        params = {"kind": DeviceKind(kind).value, **({} if name is None else {"name": name})}
        found = self._connection.call("select", **params)
        return DeviceIdentifier.read(found) if found else None

    def select_one_of(self, kind: DeviceKind | str, names: list[str]) -> DeviceIdentifier | None:
        """The device of the first name that there is one of, as `select` reads names. None: there is none."""
        found = self._connection.call("select_one_of", kind=DeviceKind(kind).value, names=list(names))
        return DeviceIdentifier.read(found) if found else None


class Runtime:
    """
    Cameras and storage, of the zarrcam bridge that has them. It can be used from any thread, and as a context manager.

    Without arguments it is the bridge of this computer: the one that the environment's `ZARRCAM_URL` names, else the one that runs at
    http://127.0.0.1:8421; where none runs, one is started (`zarrcam` on the path, or `ZARRCAM_COMMAND`), which ends with the last Runtime
    of this process. With `data_folder` it is always one of its own, which writes there (by itself: into the working folder).

    With `url` it is the bridge there. Over a network that is `https`, with the `token` that a pairing link gave (`zarrcam.pair`), and with
    the `fingerprint` of the bridge's certificate authority (or of the certificate that it was given), which alone is trusted then.

    All who use a bridge share its configuration. As Acquire does, a Runtime begins with none all the same, and the first one that it sets
    takes the place of what others have set; with `url` it begins with what is in force. `fresh` says it otherwise.

    A relative name of a dataset lies in the bridge's `data_folder`.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        fingerprint: str | None = None,
        data_folder: str | os.PathLike[str] | None = None,
        fresh: bool | None = None,
    ) -> None:
        folder = None if data_folder is None else Path(data_folder).resolve()
        address, own = find(url, token, fingerprint, folder)
        self._connection = Connection(address, own)
        self._frames = TakenFrames(self._connection)
        self._ending = weakref.finalize(self, _end, self._connection, self._frames)
        self._starting = threading.Lock()
        self._has_configured_nothing = url is None if fresh is None else fresh
        # Revisions of the configuration that came of this Runtime's own writes: they are no surprise to it.
        self._own_revisions: set[int] = set()
        if own and not own.is_set_up:
            own.is_set_up = True
            # As Acquire begins: without a camera. A bridge begins with one that could record at once.
            self._connection.call("set_configuration", configuration=Properties().dict())

    @property
    def url(self) -> str:
        """Where the bridge is, and the page that shows what it does."""
        return self._connection.address.origin

    @property
    def data_folder(self) -> str:
        """The folder on the camera computer that datasets are written to."""
        return self._connection.data_folder

    def call(self, method: str, **params: Any) -> Any:
        """Any method of the protocol (`bridge/protocol/README.md`) by its name, with its answer as it is: `call("get_stats")`."""
        return self._connection.call(method, **params)

    def device_manager(self) -> DeviceManager:
        """What lists and selects devices."""
        return DeviceManager(self._connection)

    def get_configuration(self) -> Properties:
        """The configuration in force; a new one as long as this Runtime begins with none (`fresh`) and has set none."""
        if self._has_configured_nothing:
            return Properties()
        return self._properties(self.call("get_configuration"))

    def set_configuration(self, properties: Properties, *, force: bool = False) -> Properties:
        """
        Applies the whole configuration, or nothing of it, and returns what was really applied.

        An InvalidConfigurationError says everything that is wrong, each with its field. A StaleRevisionError says what somebody else
        changed since `properties` was read; with `force` it is applied all the same. A RunStateError says that cameras run.
        """
        document = names.to_bridge(properties.for_bridge(), self._shared_folder())
        revision = None if force else self._revision_of(properties)
        params = {} if revision is None else {"revision": revision}
        try:
            answer = self.call("set_configuration", configuration=document, **params)
        except InvalidConfigurationError as refused:
            if self._connection.own and any(problem.code == "outside" for problem in refused.problems):
                refused.message += " Runtime(data_folder=…) starts a bridge that writes elsewhere."
            raise
        # `start` asks for frames of its streams; the notification may come later.
        self._connection.seen.configuration = answer["configuration"]
        applied = self._properties(answer)
        self._has_configured_nothing = False
        if applied.revision is not None:
            self._own_revisions.add(applied.revision)
            properties._read_at(applied.revision)
        return applied

    def get_capabilities(self) -> Capabilities:
        """What cameras and storage devices can do as they are configured now."""
        return read_capabilities(self.call("get_capabilities"))

    def validate(self, properties: Properties) -> Validation:
        """All problems of a configuration, and what it would write. Nothing is changed."""
        document = names.to_bridge(properties.for_bridge(), self._shared_folder())
        return self.call("validate", configuration=document)  # type: ignore[no-any-return]

    def get_state(self) -> DeviceState:
        """What cameras and storage do now."""
        return DeviceState(self.call("get_state")["state"])

    def start(self, *, record: bool = True) -> StartedRun:
        """
        Starts all streams, and returns as soon as the cameras run. Without `record` nothing is stored, and no frames are available.

        A RunStateError says that no stream is configured, or that cameras run already: these go on. A dataset that is there
        already is not replaced (`exists`), unless `storage.settings.overwrite` is set.
        """
        if self._has_configured_nothing:
            raise RunStateError(
                "This Runtime has configured nothing: set_configuration comes first. Runtime(url), or Runtime(fresh=False), begins with "
                "what is in force.",
                code="not_configured",
            )
        with self._starting:
            waiting = self._frames.wait_for_run() if record else {}
            try:
                started = self.call("start", record=record)
            except BaseException:
                for reader in waiting.values():
                    reader.close()
                raise
            self._connection.seen.run_number = started["run_number"]
            self._frames.begin(waiting)
            return StartedRun(started["run_id"], started["run_number"])

    def stop(self) -> RunSummary:
        """
        Waits until `max_frame_count` is reached, where there is none ends capture now, and returns when all is stored. Who does not take
        frames holds nothing up. A DeviceError says that camera or storage failed.

        Ctrl-C ends the waiting and not the run: `abort` does.
        """
        return self._ended("stop")

    def abort(self) -> RunSummary:
        """Ends capture now, and returns when all that was captured is stored."""
        return self._ended("abort")

    def execute_trigger(self, stream_id: int) -> None:
        """Fires a stream's software trigger: exactly one frame follows. A ZarrcamError says that the camera waits for none."""
        self.call("execute_trigger", stream=stream_id)

    def get_available_data(self, stream_id: int) -> AvailableDataContext:
        """
        The frames of a recording that this Runtime has not taken yet, each at full resolution: from the first one on if it has started the
        recording, else from the first call on. How many may wait is limited by memory, 256 MiB here and 128 MiB in the bridge; then frames
        are lost to this Runtime, which `lost` of the data says, and to nobody else: neither storage nor `stop` ever waits for a reader.
        """
        return AvailableDataContext(partial(self._frames.take, stream_id))

    def close(self) -> None:
        """Ends the connection. A run goes on with its bridge; one that this process has started ends with its last Runtime."""
        self._ending()

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Runtime({self.url!r})"

    def _ended(self, how: str) -> RunSummary:
        summary: RunSummary = self.call(how)
        for stream in summary["streams"]:
            lost = stream["ledger"]["dropped"]
            if lost:
                log.warning("%s: %d of %d frames are lost.", stream["name"], lost, stream["ledger"]["captured"])
        return summary

    def _properties(self, answer: dict[str, Any]) -> Properties:
        properties = Properties.read(names.from_bridge(answer["configuration"], self._shared_folder()))
        properties._read_at(answer["revision"])
        return properties

    def _revision_of(self, properties: Properties) -> int | None:
        revision = properties.revision
        if revision is not None:
            while revision + 1 in self._own_revisions:
                revision += 1
        return revision

    def _shared_folder(self) -> str | None:
        """The bridge's data folder, if it is on this computer."""
        folder = self.data_folder
        is_here = self._connection.address.is_loopback and os.path.isdir(folder)
        return folder if is_here else None


def _end(connection: Connection, frames: TakenFrames) -> None:
    frames.close()
    connection.close()
