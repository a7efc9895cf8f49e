"""
Where a dataset's name leads. A bridge writes into its data folder, and nowhere else; a relative name lies there.

Acquire's scripts open what they have recorded by the name that they gave. So a configuration that comes back names the whole path where
the data folder is on this computer and is not the script's working folder; such a path goes to the bridge as the name that it means.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def to_bridge(document: Document, data_folder: str | None) -> Document:
    """`data_folder`: that of the bridge; None: it is not on this computer."""
    return _each_uri(document, lambda uri: _inside(uri, data_folder)) if data_folder else document


def from_bridge(document: Document, data_folder: str | None) -> Document:
    """As `to_bridge`."""
    if not data_folder or os.path.realpath(data_folder) == os.path.realpath(os.getcwd()):
        return document
    return _each_uri(document, lambda uri: os.path.join(data_folder, uri) if _is_relative(uri) else uri)


def _each_uri(document: Document, change: Callable[[str], str]) -> Document:
    for stream in document.get("video", []):
        settings = (stream.get("storage") or {}).get("settings") or {}
        uri = settings.get("uri")
        if isinstance(uri, str) and uri:
            settings["uri"] = change(uri)
    return document


def _is_relative(uri: str) -> bool:
    return not (os.path.isabs(uri) or uri.startswith("~") or ":" in uri)


def _inside(uri: str, data_folder: str) -> str:
    if not os.path.isabs(uri):
        return uri
    path, folder = Path(os.path.normpath(uri)), Path(data_folder)
    for inner, outer in ((path, folder), (Path(os.path.realpath(path)), Path(os.path.realpath(folder)))):
        if outer in inner.parents:
            return inner.relative_to(outer).as_posix()
    return uri
