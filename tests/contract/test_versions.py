"""An older version of an event is heard and kept as the newest: every one of the contracts, and made-up ones always."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contracts.base import EVENTS, Event, State
from contracts.schemas.generate import load_all
from contracts.versions import newest_class, older
from tests.chassis import lending

load_all()
OLDER = [
    *older(lending.BooksLent),
    *older(lending.ReaderState),
    *(event for event in EVENTS.values() if event.next is not None and event.__module__.startswith("contracts.")),
]


def name(event: type[Event]) -> str:
    return f"{event.__name__}.v{event.version}"


@pytest.mark.parametrize("event", OLDER, ids=name)
def test_an_older_version_is_as_its_successor_is_heard_and_kept(event: type[Event]) -> None:
    newer = newest_class(event)
    assert event in older(newer)
    assert (event.rows_field, event.unheard, event.private) == (newer.rows_field, newer.unheard, newer.private)
    assert issubclass(event, State) == issubclass(newer, State)


@pytest.mark.parametrize("event", OLDER, ids=name)
def test_whoever_hears_the_newest_version_knows_the_older_one(event: type[Event]) -> None:
    """Also a process that has imported nothing else."""
    newer = newest_class(event)
    program = (
        f"from {newer.__module__} import {newer.__name__} as newest\n"
        "from contracts.versions import older\n"
        "print(*(event.version for event in older(newest)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert str(event.version) in said.split()
