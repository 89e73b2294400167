"""A reader without hardware: made-up people put made-up cards on it."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from contracts.device.events import CardKind
from services.device.domain.made_up import MadeUpCards
from services.device.drivers.base import CardContents, CardFound, CardRemoved, Driver, ReaderReady, Signal

READER = "simulated"


class SimulatedOptions(BaseModel):
    """`count` cards (0: without end), one every `interval_seconds`; the same `seed` makes the same people."""

    model_config = ConfigDict(extra="forbid")

    kinds: tuple[CardKind, ...] = Field(default=tuple(CardKind), min_length=1)
    count: int = Field(default=0, ge=0)
    interval_seconds: float = Field(default=5.0, ge=0)
    seed: int | None = None


def build(options: Mapping[str, Any]) -> Driver:
    """The driver for the configuration's `options`."""
    return SimulatedDriver(SimulatedOptions.model_validate(options))


class SimulatedDriver:
    """See the module."""

    def __init__(self, options: SimulatedOptions) -> None:
        self._options = options
        self._cards = MadeUpCards(options.seed)

    def watch(self, stop: threading.Event) -> Iterator[Signal]:
        """See `Driver.watch`; ends the watch only with `stop`, so that an agent of this reader alone goes on."""
        yield ReaderReady(READER)
        made = 0
        while not stop.is_set():
            if self._options.count and made == self._options.count:
                stop.wait()
                return
            kind = self._options.kinds[made % len(self._options.kinds)]
            yield CardFound(READER)
            yield CardContents(READER, self._cards.make(kind))
            yield CardRemoved(READER)
            made += 1
            stop.wait(self._options.interval_seconds)
