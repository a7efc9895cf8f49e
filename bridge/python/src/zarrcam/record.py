"""Parts of a document as objects: fields that are typed, converted where they are set, and refused where there is no such field."""

from __future__ import annotations

import copy
import enum
import math
import operator
import os
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, Union

Document = dict[str, Any]
"""A part of the JSON document."""

_Convert = Callable[[Any, str], Any]
_R = TypeVar("_R", bound="Record")


class _Field(typing.NamedTuple):
    convert: _Convert
    default: Callable[[], Any]


# Named here: within the class `dict` is its method.
_Fields = dict[str, _Field]
_FieldsOfClasses = dict[type, _Fields]


class Record:
    """
    A part of a document. Its fields are the annotations of its class; each is set by keyword or by name, and takes what
    stands for its value: a word's text for an enumeration, a dictionary for a part, any two numbers for a pair.
    """

    _ours: ClassVar[tuple[str, ...]] = ()
    """Fields that Acquire does not have: they are left out of the document where they have their default."""
    _fields_of: ClassVar[_FieldsOfClasses] = {}
    _unknown: Document

    def __init__(self, **values: Any) -> None:
        for name in values:
            self._named(name)
        self._fill(values)

    @classmethod
    def fields(cls) -> list[str]:
        """The names of all fields."""
        return list(_fields(cls))

    @classmethod
    def read(cls: type[_R], document: Mapping[str, Any]) -> _R:
        """
        Makes it of a part of a document. Fields that this version does not know are kept and given back as they are: the
        bridge says what it thinks of them.
        """
        record = cls.__new__(cls)
        record._fill(document)
        return record

    def dict(self) -> Document:
        """The part of the document, made of what `json` writes: words are text, pairs are tuples."""
        document: Document = {}
        for name, field in _fields(type(self)).items():
            value = getattr(self, name)
            if name in self._ours and value == field.default():
                continue
            document[name] = _plain(value)
        return {**document, **self._unknown}

    def _fill(self, values: Mapping[str, Any]) -> None:
        fields = _fields(type(self))
        object.__setattr__(self, "_unknown", {})
        for name, field in fields.items():
            if name not in values:
                object.__setattr__(self, name, field.default())
        for name, value in values.items():
            if name in fields or self._alias(name):
                setattr(self, name, value)
            else:
                self._unknown[name] = value

    @classmethod
    def _alias(cls, name: str) -> bool:
        other_name = getattr(cls, name, None)
        return isinstance(other_name, property) and other_name.fset is not None

    @classmethod
    def _named(cls, name: str) -> None:
        if name not in _fields(cls) and not cls._alias(name):
            near = get_close_matches(name, _fields(cls), n=1, cutoff=0.5)
            meant = f'did you mean "{near[0]}"?' if near else f"it has {', '.join(_fields(cls))}."
            raise AttributeError(f'{cls.__name__} has no field "{name}"; {meant}')

    # Who checks types would take every name for right.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            field = _fields(type(self)).get(name)
            if field is not None:
                value = field.convert(value, f"{type(self).__name__}.{name}")
            else:
                self._named(name)
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted: set another value.")

    def __eq__(self, other: object) -> bool:
        return self.dict() == other.dict() if isinstance(other, type(self)) else NotImplemented

    __hash__: ClassVar[Any] = None

    def __repr__(self) -> str:
        values = {name: getattr(self, name) for name in _fields(type(self))}
        texts = (f"{name}={value.value if isinstance(value, enum.Enum) else value!r}" for name, value in values.items())
        return f"{type(self).__name__}({', '.join(texts)})"


def _fields(cls: type[Record]) -> _Fields:
    known = Record._fields_of.get(cls)
    if known is None:
        hints = typing.get_type_hints(cls)
        named = {name: hint for name, hint in hints.items() if not name.startswith("_")}
        known = {name: _Field(_converter(hint), _default(cls, name, hint)) for name, hint in named.items()}
        Record._fields_of[cls] = known
    return known


def _default(cls: type[Record], name: str, hint: Any) -> Callable[[], Any]:
    if hasattr(cls, name):
        value = getattr(cls, name)
        # Each has a part of its own.
        return (lambda: copy.deepcopy(value)) if isinstance(value, Record) else (lambda: value)
    empty: Callable[[], Any] = typing.get_origin(hint) or hint
    return empty


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.dict()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


# One converter for each type of a field: value, and the field's name for who has given a wrong one -> value.


def _converter(hint: Any) -> _Convert:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        [inner] = [_converter(argument) for argument in arguments if argument is not type(None)]
        return lambda value, field: None if value is None else inner(value, field)
    if origin is tuple:
        return _pair(_converter(arguments[0]), len(arguments))
    if origin is list:
        return _list(_converter(arguments[0]))
    if isinstance(hint, type) and issubclass(hint, Record):
        return _record(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _word(hint)
    return _SIMPLE.get(hint, lambda value, _field: value)


def _wrong(field: str, wanted: str, value: Any) -> TypeError:
    return TypeError(f"{field} takes {wanted}, not {value!r}.")


def _integer(value: Any, field: str) -> int:
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            if isinstance(value, float) and value.is_integer():
                return int(value)
    raise _wrong(field, "a whole number", value)


def _number(value: Any, field: str) -> float:
    if not isinstance(value, (bool, str, bytes)):
        try:
            number = float(value)
        except (TypeError, ValueError):
            pass
        else:
            if math.isfinite(number):
                return number
    raise _wrong(field, "a number", value)


def _flag(value: Any, field: str) -> bool:
    # NumPy has a truth value of its own.
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise _wrong(field, "True or False", value)


def _text(value: Any, field: str) -> str:
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if isinstance(text, str):
            return text
    raise _wrong(field, "text", value)


def _word(words: type[enum.Enum]) -> _Convert:
    def convert(value: Any, field: str) -> enum.Enum:
        try:
            return words(value)
        except ValueError as wrong:
            raise ValueError(f"{field}: {wrong}") from None

    return convert


def _record(cls: type[Record]) -> _Convert:
    def convert(value: Any, field: str) -> Record:
        if isinstance(value, cls):
            return value
        if isinstance(value, Mapping):
            return cls.read(value)
        raise _wrong(field, f"{cls.__name__} or a dictionary", value)

    return convert


def _pair(convert_item: _Convert, length: int) -> _Convert:
    def convert(value: Any, field: str) -> tuple[Any, ...]:
        items = tuple(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)) else ()
        if len(items) != length:
            raise _wrong(field, f"{length} numbers", value)
        return tuple(convert_item(item, f"{field}[{index}]") for index, item in enumerate(items))

    return convert


def _list(convert_item: _Convert) -> _Convert:
    def convert(value: Any, field: str) -> list[Any]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise _wrong(field, "a list", value)
        return [convert_item(item, f"{field}[{index}]") for index, item in enumerate(value)]

    return convert


_SIMPLE: dict[Any, _Convert] = {int: _integer, float: _number, bool: _flag, str: _text}
