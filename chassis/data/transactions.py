"""For commands that ask somebody outside: transactions before and after, and none while they wait for the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chassis.base.context import Context
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Transactions:
    """As many transactions as a command wants, each in its context. What one has written stays whatever comes after."""

    database: Database
    context: Context

    def run(self, work: Callable[[UnitOfWork], Result]) -> Result:
        """Run `work` in one of them. Raises ServiceError as `Database.run`."""
        return self.database.run(self.context, work)
