"""How other services' state items become rows of the local copies, where the two differ."""

from __future__ import annotations

from typing import Any

from contracts.courses.events import ProgrammeItem


def programme_row(item: ProgrammeItem) -> dict[str, Any]:
    """A programme's columns; the points that offer it are kept as JSON."""
    columns = item.model_dump(
        exclude={"teaching_point_ids", "name", "version_number", "minimum_years", "maximum_years"}
    )
    return {**columns, "teaching_point_ids": [str(point_id) for point_id in item.teaching_point_ids]}
