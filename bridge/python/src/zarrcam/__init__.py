"""
Camera acquisition into OME-Zarr: Acquire's API (`import zarrcam as acquire`), by a zarrcam bridge on this computer or another.

    runtime = zarrcam.Runtime()
    configuration = runtime.get_configuration()
    ...
    runtime.set_configuration(configuration)
    runtime.start()
    runtime.stop()

Beyond Acquire: `pair` for a bridge over the network, `from_useq` for sequences of pymmcore-plus, `client.BridgeClient` for asyncio, and
`push` for programs that hand frames of their own to a bridge.
"""

import importlib
from types import ModuleType

from ._version import __version__
from .address import Pairing, pair
from .answers import Ledger, RunSummary, StartedRun, StreamSummary, Validation
from .capabilities import (
    CameraCapabilities,
    Capabilities,
    DigitalLineCapabilities,
    OffsetCapabilities,
    Property,
    ShapeCapabilities,
    StorageCapabilities,
    TriggerCapabilities,
    TriggerInputOutputCapabilities,
    VideoStreamCapabilities,
)
from .configuration import (
    UNTIL_STOPPED,
    Camera,
    CameraProperties,
    Compression,
    DeviceIdentifier,
    InputTriggers,
    Multiscale,
    Notes,
    OutputTriggers,
    Properties,
    Replay,
    Storage,
    StorageDimension,
    StorageProperties,
    Trigger,
    VideoStream,
)
from .errors import (
    BridgeNotFoundError,
    DeviceError,
    DisconnectedError,
    InvalidConfigurationError,
    NotPairedError,
    Problem,
    RunStateError,
    StaleRevisionError,
    ZarrcamError,
)
from .frames import (
    AvailableData,
    AvailableDataContext,
    LostFrames,
    VideoFrame,
    VideoFrameMetadata,
    VideoFrameTimestamps,
)
from .helpers import setup
from .runtime import DeviceManager, Runtime
from .sequence import SequenceLayout, from_useq
from .words import (
    DeviceKind,
    DeviceState,
    DimensionType,
    Direction,
    PropertyType,
    SampleType,
    SignalIOKind,
    TriggerEdge,
)

__all__ = [
    "UNTIL_STOPPED",
    "AvailableData",
    "AvailableDataContext",
    "BridgeNotFoundError",
    "Camera",
    "CameraCapabilities",
    "CameraProperties",
    "Capabilities",
    "Compression",
    "DeviceError",
    "DeviceIdentifier",
    "DeviceKind",
    "DeviceManager",
    "DeviceState",
    "DigitalLineCapabilities",
    "DimensionType",
    "Direction",
    "DisconnectedError",
    "InputTriggers",
    "InvalidConfigurationError",
    "Ledger",
    "LostFrames",
    "Multiscale",
    "NotPairedError",
    "Notes",
    "OffsetCapabilities",
    "OutputTriggers",
    "Pairing",
    "Problem",
    "Properties",
    "Property",
    "PropertyType",
    "Replay",
    "RunStateError",
    "RunSummary",
    "Runtime",
    "SampleType",
    "SequenceLayout",
    "ShapeCapabilities",
    "SignalIOKind",
    "StaleRevisionError",
    "StartedRun",
    "Storage",
    "StorageCapabilities",
    "StorageDimension",
    "StorageProperties",
    "StreamSummary",
    "Trigger",
    "TriggerCapabilities",
    "TriggerEdge",
    "TriggerInputOutputCapabilities",
    "Validation",
    "VideoFrame",
    "VideoFrameMetadata",
    "VideoFrameTimestamps",
    "VideoStream",
    "VideoStreamCapabilities",
    "ZarrcamError",
    "__version__",
    "from_useq",
    "pair",
    "setup",
]


def __getattr__(name: str) -> ModuleType:
    # What a script does not use costs it nothing.
    if name == "push":
        return importlib.import_module(".push", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
