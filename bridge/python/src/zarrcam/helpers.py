"""Acquire's helper for first steps."""

from __future__ import annotations

from .configuration import DeviceIdentifier, Properties
from .runtime import Runtime
from .words import DeviceKind


def setup(
    runtime: Runtime,
    camera: str | list[str] = "simulated: radial sin",
    storage: str | list[str] = "Tiff",
    output_filename: str | None = "out.tif",
) -> Properties:
    """
    A configuration of 100 frames of 640 x 480 px from the first camera, into the first storage device, that one of the names finds. It is
    not applied yet. A ValueError says that none finds one: in Acquire that was silently another device, or none.
    """
    properties = runtime.get_configuration()
    stream = properties.video[0]
    stream.camera.identifier = _found(runtime, DeviceKind.Camera, camera)
    stream.camera.settings.binning = 1
    stream.camera.settings.shape = (640, 480)
    stream.storage.identifier = _found(runtime, DeviceKind.Storage, storage)
    stream.storage.settings.uri = output_filename
    stream.max_frame_count = 100
    stream.frame_average_count = 0
    return properties


def _found(runtime: Runtime, kind: DeviceKind, wanted: str | list[str]) -> DeviceIdentifier:
    manager = runtime.device_manager()
    names = [wanted] if isinstance(wanted, str) else wanted
    found = manager.select_one_of(kind, names)
    if found is None:
        there = ", ".join(f'"{device.name}"' for device in manager.devices() if device.kind == kind)
        raise ValueError(f"There is no {kind.value.lower()} device {' or '.join(map(repr, names))}: there are {there or 'none'}.")
    return found
