"""Services on databases of their own, each made once a run and emptied for every test that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness

HarnessOf = Callable[[type[Service]], ServiceHarness]


@contextmanager
def harnesses(admin_url: str, prefix: str, **options: Any) -> Iterator[HarnessOf]:
    """What gives a service on an empty database, its clock at the present; `options` are those of `ServiceHarness`."""
    made: dict[str, ServiceHarness] = {}

    def fresh(service: type[Service]) -> ServiceHarness:
        if service.name not in made:
            made[service.name] = ServiceHarness(service, admin_url, f"{prefix}_{service.name}", **options)
        made[service.name].reset()
        return made[service.name]

    try:
        yield fresh
    finally:
        for each in made.values():
            each.close()
