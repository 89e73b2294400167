"""What a card reader's driver has to do: one method that tells what happens at the reader.

A vendor's driver is a package of its own with an entry point in the group `jiaowu_device.drivers`; the entry
point names a function that takes the options of the configuration file and returns a `Driver`.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol

from services.device.domain.contents import Contents

ENTRY_POINT_GROUP = "jiaowu_device.drivers"
BUILT_IN = {name: f"services.device.drivers.{name}" for name in ("pcsc", "sam_v", "simulated")}


@dataclass(frozen=True, slots=True)
class ReaderReady:
    """A reader is there and works."""

    reader: str


@dataclass(frozen=True, slots=True)
class ReaderGone:
    """A reader was unplugged, or its service stopped."""

    reader: str


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card lies on the reader; it is about to be read."""

    reader: str


@dataclass(frozen=True, slots=True)
class CardContents:
    """A card has been read."""

    reader: str
    contents: Contents


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card has left. Readers that can't tell never say so."""

    reader: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person should know or do: a notice (notices.py), and for a status byte unknown to us its value."""

    notice: str
    reader: str = ""
    status: str = ""


Signal = ReaderReady | ReaderGone | CardFound | CardContents | CardRemoved | Trouble


class Driver(Protocol):
    """One kind of reader."""

    def watch(self, stop: threading.Event) -> Iterator[Signal]:
        """Tell what happens until `stop` is set, looking at it at least once a second.

        Troubles of a card or a reader are signals, not exceptions. An exception that leaves this method is a
        fault of the driver: the agent reports its type and starts `watch` again after a while, from the beginning:
        readers that are there are ready anew.
        """
        ...


DriverFactory = Callable[[Mapping[str, Any]], Driver]


class DriverUnknown(LookupError):
    """Neither this program nor an installed package has a driver of that name."""


def find_driver(name: str) -> DriverFactory:
    """The factory of a driver; an installed one can't take the place of a built-in. Raises `DriverUnknown`."""
    if name in BUILT_IN:
        # Imported only when asked for: a machine without PC/SC has no library for that driver to load.
        built_in: DriverFactory = import_module(BUILT_IN[name]).build
        return built_in
    for entry_point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        factory: DriverFactory = entry_point.load()
        return factory
    raise DriverUnknown(name)


def driver_names() -> list[str]:
    """Every driver that a configuration may name."""
    return sorted({*BUILT_IN, *(entry_point.name for entry_point in entry_points(group=ENTRY_POINT_GROUP))})
