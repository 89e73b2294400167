"""前置学历 as rows keep it: each field of `contracts.people.PriorEducation` in a column that begins with `prior_`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.base import Contract

_PREFIX: Final = "prior_"


def prior_columns(told: Contract) -> dict[str, Any]:
    """The columns of what is told of it."""
    return {f"{_PREFIX}{name}": value for name, value in told.model_dump().items()}


def prior_fields(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns of a row tell of it."""
    return {name.removeprefix(_PREFIX): value for name, value in columns.items() if name.startswith(_PREFIX)}
