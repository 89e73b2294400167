"""Services on databases of their own, each made once a run and emptied for every test that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness

HarnessOf = Callable[[type[Service]], ServiceHarness]


@contextmanager
def harnesses(admin_url: str, prefix: str, **options: Any) -> Iterator[HarnessOf]:
    """What gives a service on an empty database, its clock at the present; `options` are those of `ServiceHarness`."""
    made: dict[tuple[str, MetaData], ServiceHarness] = {}

    def fresh(service: type[Service]) -> ServiceHarness:
        key = service.name, service.metadata
        if key not in made:
            namesakes = sum(name == service.name for name, _ in made)  # two tests may each have made one up
            database = f"{prefix}_{service.name}{namesakes or ''}"
            made[key] = ServiceHarness(service, admin_url, database, **options)
        made[key].reset()
        return made[key]

    try:
        yield fresh
    finally:
        for each in made.values():
            each.close()
