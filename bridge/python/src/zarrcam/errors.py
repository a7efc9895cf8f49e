"""What a bridge refuses, and what fails. `code` is for programs, the message for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a configuration."""

    path: str
    """The field at fault: `video[0].storage.settings.uri`."""
    code: str
    """What kind of problem it is, for programs."""
    severity: str
    """`error`, or `warning`: then the document is not refused for it."""
    message: str
    """What is wrong and what would be right, in one sentence."""
    fix: Mapping[str, Any] | None = None
    """`label`, `path` and `value` of the one right value, where there is one."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Problem:
        texts = {field: str(data.get(field) or "") for field in ("path", "code", "severity", "message")}
        return cls(**texts, fix=data.get("fix"))

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ZarrcamError(RuntimeError):
    """Every refusal and failure of the runtime, as Acquire a `RuntimeError`."""

    def __init__(self, message: str, *, code: str = "internal", path: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        """What happened and the way out, for people."""
        self.code = code
        """What happened, for programs: the codes of the protocol (`bridge/protocol/README.md`, Errors)."""
        self.path = path
        """The field at fault; None: it is about no field."""
        self.problems = list(problems)
        """All that is wrong with the document, or what somebody else changed in it."""

    def __str__(self) -> str:
        # A refused document says its first problem in the message; who reads a traceback wants all of them.
        if len(self.problems) < 2:
            return self.message
        return "\n".join([self.message, *(f"  - {problem}" for problem in self.problems)])


class InvalidConfigurationError(ZarrcamError):
    """The configuration was refused as a whole; `problems` says everything that is wrong with it."""


class StaleRevisionError(ZarrcamError):
    """Somebody else changed the configuration since it was read; `problems` says what, one a field."""


class RunStateError(ZarrcamError):
    """The call does not fit the state: already running, not running, nothing configured, closed."""


class DeviceError(ZarrcamError):
    """Camera or storage failed, or the data could not be reached."""


class DisconnectedError(ZarrcamError):
    """The bridge is out of reach, or the connection broke while a call was under way: whether it was carried out is not known."""

    def __init__(self, message: str, *, code: str = "disconnected", **details: Any) -> None:
        super().__init__(message, code=code, **details)


class BridgeNotFoundError(DisconnectedError):
    """There is no bridge to connect to, and none could be started."""


class NotPairedError(DisconnectedError):
    """The bridge cannot be trusted, or does not let this script in: another try would not either."""

    def __init__(self, message: str, *, code: str = "not_paired", **details: Any) -> None:
        super().__init__(message, code=code, **details)


_CLASSES: dict[str, type[ZarrcamError]] = {
    "invalid_configuration": InvalidConfigurationError,
    "stale_revision": StaleRevisionError,
    "already_running": RunStateError,
    "not_running": RunStateError,
    "not_configured": RunStateError,
    "closed": RunStateError,
    "storage": DeviceError,
    "camera": DeviceError,
    "locked": DeviceError,
    "not_paired": NotPairedError,
    "disconnected": DisconnectedError,
}


def error_of(code: str, message: str, *, path: str | None = None, problems: Sequence[Problem] = ()) -> ZarrcamError:
    """The exception that belongs to a code."""
    return _CLASSES.get(code, ZarrcamError)(message, code=code, path=path, problems=problems)


def error_of_answer(error: Mapping[str, Any]) -> ZarrcamError:
    """The exception of a JSON-RPC error."""
    data = error.get("data") or {}
    problems = [Problem.read(problem) for problem in data.get("problems", [])]
    return error_of(data.get("code", "internal"), error["message"], path=data.get("path"), problems=problems)
