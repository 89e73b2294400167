"""Every service has the same rooms and its place everywhere, and the pages about services say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chassis.declaring.service import Service, load
from contracts.base import EVENTS, Event, State
from contracts.schemas.generate import load_all
from gateway.routes import SERVICES
from launcher.paths import service_names

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"service", "commands", "queries", "tables", "migrations"}
"""What every service has, each a module or, where it grew, a package."""
MORE_ROOMS = {"reactions", "domain", "steps", "jobs", "tasks", "papers", "bootstrap"}
"""What a service has where it needs it (docs/design.md says what belongs where)."""

each_service = pytest.mark.parametrize("name", service_names())


def service(name: str) -> type[Service]:
    """A service by its name, all contracts known."""
    load_all()
    return load(f"services.{name}.service")


def publishes(name: str) -> set[type[Event]]:
    """Every event whose owner is this service, in its newest version."""
    load_all()
    own = (event for event in EVENTS.values() if event.owner == name and event.__module__.startswith("contracts."))
    return {event for event in own if event.next is None}


@each_service
def test_a_service_has_the_same_rooms_as_the_others_and_no_unknown_one(name: str) -> None:
    folder = ROOT / "services" / name
    there = {path.stem for path in folder.iterdir()} - {"README", "__init__", "__pycache__"}
    assert sorted(ROOMS - there) == []
    assert sorted(there - ROOMS - MORE_ROOMS) == []
    assert (folder / "README.md").exists()


def test_the_gateway_knows_every_service() -> None:
    assert sorted(SERVICES) == service_names()


def test_the_table_of_events_says_who_publishes_and_who_hears() -> None:
    page = (ROOT / "docs" / "sagas.md").read_text("utf-8")
    table = page[page.index("## 2.") : page.index("## 3.")]
    said = {
        event: (owner, set(re.findall(r"[a-z]+", heard)) & {*service_names(), "gateways"})
        for events, owner, heard in re.findall(r"^\| (`.+`) \| (\w+) \| ([^|]+) \|", table, re.MULTILINE)
        for event in re.findall(r"`(\w+)`", events)
    }
    services = {name: service(name) for name in service_names()}
    done = {
        event.__name__: (owner, {name for name, declared in services.items() if _hears(declared, event)})
        for owner in services
        for event in publishes(owner)
    }
    done["AccessRevoked"][1].add("gateways")
    assert said == done


def test_every_event_has_a_hearer_or_says_that_it_may_have_none() -> None:
    """The relay keeps what no queue takes: an event that nobody hears would stay in its outbox for ever."""
    services = {name: service(name) for name in service_names()}
    unheard = {
        event.__name__
        for owner in services
        for event in publishes(owner)
        if not any(_hears(declared, event) for declared in services.values())
    }
    declared = {event.__name__ for owner in services for event in publishes(owner) if event.unheard}
    assert unheard == declared


def _hears(declared: type[Service], event: type[Event]) -> bool:
    reacts = any(entry.event is event for entry in declared.reactions.values())
    copies = issubclass(event, State) and any(entry.state is event for entry in declared.copies.values())
    return reacts or copies
