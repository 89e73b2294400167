"""Every service's database is as its tables declare: structure, row security, rights."""

from collections.abc import Callable

import pytest

from chassis.service import Service, load
from chassis.testing import ServiceHarness
from gateway.routes import SERVICES
from tests.chassis.catalogue import catalogue_faults


@pytest.mark.parametrize("name", SERVICES)
def test_the_database_is_as_the_tables_declare(
    name: str, harness_of: Callable[[type[Service]], ServiceHarness]
) -> None:
    assert catalogue_faults(harness_of(load(f"services.{name}.service"))) == []
