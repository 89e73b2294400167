"""Numbers that people read, given by a template: unique for ever, with or without gaps.

    slip = next_number(uow, SLIP)
    numbers = next_numbers(uow, STUDENT_NUMBER, [{"point": student.point_code} for student in admitted])

The counters (`number_counters`) only rise, whatever becomes of the rows that have the numbers and of the template's
range. What is `dense` is counted in the transaction that uses it: if that fails, the number is free again, and whoever
wants the next one of the same beginning waits till then. So ask for it last. What is not is counted in a short
transaction of its own: nobody waits for anybody's commit, and what fails leaves a gap. A PostgreSQL sequence would do
the same, but counts for one beginning only, and a service may not make one when a new month or teaching point comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Column, Connection, UniqueConstraint
from sqlalchemy import Text as TextType

from chassis.data.prepared import Prepared
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.number_templates import NumberTemplate
from contracts.errors import ServiceError


def number_column(name: str = "number") -> tuple[Column[Any], UniqueConstraint]:
    """The column of a table that such numbers stand in, and that each stands there once."""
    return Column(name, TextType, nullable=False), UniqueConstraint(name)


def next_number(uow: UnitOfWork, template: NumberTemplate, **values: str) -> str:
    """The next number with these values in it. Raises as `next_numbers`."""
    (number,) = next_numbers(uow, template, [values])
    return number


def next_numbers(uow: UnitOfWork, template: NumberTemplate, rows: Sequence[Mapping[str, str]]) -> list[str]:
    """A number for each row of values, in their order; by one statement, however many.

    Raises ServiceError `numbers_used_up` and gives none when they are more than the serial has left: no number is ever
    wider. `number_part_does_not_fit` for a value that is not as wide as its part.
    """
    beginnings = [template.beginning(uow.today, values) for values in rows]
    if not beginnings:
        return []
    with _counting(uow, template) as connection:
        serials = _count_up(connection, template, Counter(beginnings))
    return [template.number(beginning, next(serials[beginning])) for beginning in beginnings]


@contextmanager
def _counting(uow: UnitOfWork, template: NumberTemplate) -> Iterator[Connection]:
    """Where it is counted. As the system: counters are nobody's rows."""
    if template.dense:
        with uow.as_system():
            yield uow.connection
    else:
        with uow.apart() as connection:
            yield connection


def _count_up(connection: Connection, template: NumberTemplate, wanted: Counter[str]) -> dict[str, Iterator[int]]:
    """So many serials for each beginning. Their rows are locked in order, so that two never wait for each other."""
    serial = template.serial
    parameters = {
        "template": template.name,
        "before": serial.first - 1,
        "highest": serial.highest,
        "wanted": orjson.dumps([{"beginning": each, "count": count} for each, count in wanted.items()]).decode(),
    }
    reached = {row.beginning: row.last for row in _COUNT_UP.run(connection, parameters)}
    for beginning, count in wanted.items():
        if beginning not in reached:
            raise ServiceError("numbers_used_up", beginning=beginning, count=count)
    return {each: iter(range(reached[each] - count + 1, reached[each] + 1)) for each, count in wanted.items()}


# A counter that stands below the range, since that was raised, goes on from the first of it; one that would leave the
# range is let be, and not returned.
_COUNT_UP = Prepared(
    "count_up",
    """
INSERT INTO number_counters AS counter (template, beginning, last)
SELECT %(template)s, wanted.beginning, %(before)s + wanted.count
FROM jsonb_to_recordset(%(wanted)s) AS wanted (beginning text, count bigint)
WHERE %(before)s + wanted.count <= %(highest)s
ORDER BY wanted.beginning
ON CONFLICT (template, beginning) DO UPDATE
SET last = greatest(counter.last, %(before)s) + excluded.last - %(before)s
WHERE greatest(counter.last, %(before)s) + excluded.last - %(before)s <= %(highest)s
RETURNING beginning, last
""",
    template="text",
    before="bigint",
    highest="bigint",
    wanted="jsonb",
)
