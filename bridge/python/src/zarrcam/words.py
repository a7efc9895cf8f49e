"""The words of Acquire's configuration documents, as the enumerations that its users know."""

from __future__ import annotations

import enum
from difflib import get_close_matches


class Word(enum.Enum):
    """A word of the document. It is ordered as it is listed, and `int` gives its place; over the wire goes its text."""

    def __int__(self) -> int:
        return list(type(self)).index(self)

    def __lt__(self, other: object) -> bool:
        return int(self) < int(other) if isinstance(other, type(self)) else NotImplemented

    def __le__(self, other: object) -> bool:
        return int(self) <= int(other) if isinstance(other, type(self)) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return int(self) > int(other) if isinstance(other, type(self)) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return int(self) >= int(other) if isinstance(other, type(self)) else NotImplemented

    @classmethod
    def _missing_(cls, value: object) -> None:
        words = [str(word.value) for word in cls]
        near = get_close_matches(str(value), words, n=1, cutoff=0.5)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        raise ValueError(f"{value!r} is no {cls.__name__}: {', '.join(words)}{meant}")


class DeviceKind(Word):
    """What kind of device it is. There are devices of two kinds, cameras and storage; NONE is no device."""

    NONE = "NONE"
    Camera = "Camera"
    Storage = "Storage"
    StageAxis = "StageAxis"
    Signals = "Signals"


class DeviceState(Word):
    """What the runtime does. `Previewing` and `Measuring` are not Acquire's: cameras run without storage, or speed is measured."""

    Closed = "Closed"
    AwaitingConfiguration = "AwaitingConfiguration"
    Armed = "Armed"
    Running = "Running"
    Previewing = "Previewing"
    Measuring = "Measuring"


class DimensionType(Word):
    """What a dimension of the array runs through."""

    Space = "Space"
    Channel = "Channel"
    Time = "Time"
    Other = "Other"


class Direction(Word):
    """From which side the sensor is read out."""

    Forward = "Forward"
    Backward = "Backward"


class SampleType(Word):
    """What one pixel of a frame is. U10, U12 and U14 lie unpacked in the low bits of 16."""

    U8 = "U8"
    U16 = "U16"
    I8 = "I8"
    I16 = "I16"
    F32 = "F32"
    U10 = "U10"
    U12 = "U12"
    U14 = "U14"


class SignalIOKind(Word):
    """Whether a signal goes into the camera or out of it."""

    Input = "Input"
    Output = "Output"


class TriggerEdge(Word):
    """Which change or level of a signal counts."""

    Rising = "Rising"
    Falling = "Falling"
    AnyEdge = "AnyEdge"
    LevelHigh = "LevelHigh"
    LevelLow = "LevelLow"
    NotApplicable = "NotApplicable"


class PropertyType(Word):
    """What the values of a property are."""

    FixedPrecision = "FixedPrecision"
    FloatingPrecision = "FloatingPrecision"
    Enum = "Enum"
    String = "String"
