"""Lists that go out as files, as the console offers them."""

from importlib import import_module
from pathlib import Path

import pytest

import services
from chassis.running.exports import ListExport
from gateway.console.operations import name_of, operations
from gateway.routes import ROUTES

NO_CELLS = {"id", "object", "list", "map", "file", "any"}
"""Kinds of fields that the console offers as no column (`console/src/kit/list/columns.ts`)."""

MODULES = sorted(Path(services.__path__[0]).glob("*/tasks.py"))
EXPORTS = [
    each
    for module in MODULES
    for each in vars(import_module(f"services.{module.parent.name}.tasks")).values()
    if isinstance(each, ListExport)
]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_every_column_that_the_console_offers_can_be_exported(export: ListExport) -> None:
    described = operations(ROUTES)
    [name] = [name_of(route) for route in ROUTES if route.operation is export.query]
    offered = [field["name"] for field in described[name]["answer"] if field["kind"] not in NO_CELLS]
    assert set(offered) - {"version"} <= set(export.fields)


def test_exports_are_found() -> None:
    assert {export.name for export in EXPORTS} >= {"bill_export", "student_export", "selection_export"}
