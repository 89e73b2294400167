"""Hot statements that each connection parses and plans once.

psycopg2 sends every statement as text. For one that joins ten tables planning costs several times what executing does,
so the hottest few are prepared by name on their connection and executed from then on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, CursorResult


def array(ids: Iterable[UUID]) -> str:
    """Ids as the text of a PostgreSQL array: quicker to write and read than an array of literals."""
    return "{" + ",".join(map(str, ids)) + "}"


class Prepared:
    """A statement with named placeholders (`%(round)s`), and the PostgreSQL type of each.

    Its plan is a generic one (the login role is set to that): it must not depend on how many values an array holds.
    Row security is part of the plan; PostgreSQL makes another when the role is another.
    """

    def __init__(self, name: str, sql: str, **types: str) -> None:
        numbers = {parameter: f"${number}" for number, parameter in enumerate(types, start=1)}
        body = re.sub(r"%\((\w+)\)s", lambda placeholder: numbers[placeholder[1]], sql)
        self.name = name
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {body}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"

    def run(self, connection: Connection, parameters: dict[str, Any]) -> CursorResult[Any]:
        """Execute it, having prepared it if this connection has not seen it yet."""
        known: set[str] = connection.info.setdefault("prepared_statements", set())
        if self.name not in known:
            connection.exec_driver_sql(self._prepare)
            known.add(self.name)
        return connection.exec_driver_sql(self._execute, parameters)
