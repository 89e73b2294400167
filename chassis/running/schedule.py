"""Due work. Each job is a row taken with SKIP LOCKED, so it runs in one process at a time, whatever their number."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base import metrics
from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.declaring.entries import ScheduledEntry

logger = logging.getLogger(__name__)

AGAIN_AFTER: Final = timedelta(seconds=10)
"""Until a job that failed is tried again, or sooner when it is due more often."""


class Scheduler:
    """Runs the due jobs of one service."""

    def __init__(self, database: Database, jobs: dict[str, ScheduledEntry]) -> None:
        self.database = database
        self.jobs = jobs
        self.schedules = database.service.metadata.tables["schedules"]
        self._prepared = False

    def run_due(self) -> int:
        """Run every job that is due and not running elsewhere; how often any of them handled something.

        A failing job changes nothing and is tried again later; the others go on. Raises when the database is away.
        """
        if not self._prepared:
            self._prepare()
        ran = 0
        for name in self._due():
            try:
                while self._run(name, self.jobs[name]):
                    ran += 1
            except Exception as error:
                self._put_off(name)
                logger.error("scheduled_job_failed", exc_info=error, extra={"job": name})
                metrics.job_failed(name)
        return ran

    def _prepare(self) -> None:
        """Make a row for each job that has none, due at once."""
        now = self.database.clock.now()
        rows = [{"name": name, "next_at": now} for name in self.jobs]
        if rows:
            statement = insert(self.schedules).on_conflict_do_nothing()
            self.database.run(system_context(), lambda uow: uow.execute(statement, rows))
        self._prepared = True

    def _due(self) -> list[str]:
        schedules = self.schedules
        due = select(schedules.c.name).where(schedules.c.next_at <= self.database.clock.now())
        names = self.database.run(system_context(), lambda uow: {row.name for row in uow.rows(due)})
        return [name for name in self.jobs if name in names]

    def _run(self, name: str, entry: ScheduledEntry) -> bool:
        """Run one job in the transaction that holds its row; whether it handled anything and should run again."""
        schedules = self.schedules
        with self.database.unit_of_work(system_context(), idle=entry.idle) as uow:
            due = select(schedules.c.name).where(schedules.c.name == name, schedules.c.next_at <= uow.now)
            if uow.first(due.with_for_update(skip_locked=True)) is None:
                return False
            handled = entry.job(uow)
            next_at = uow.now if handled else uow.now + entry.every
            uow.execute(update(schedules).where(schedules.c.name == name).values(next_at=next_at, last_run_at=uow.now))
        metrics.job_ran(name, handled)
        return bool(handled)

    def _put_off(self, name: str) -> None:
        later = self.database.clock.now() + min(self.jobs[name].every, AGAIN_AFTER)
        put_off = update(self.schedules).where(self.schedules.c.name == name).values(next_at=later)
        self.database.run(system_context(), lambda uow: uow.execute(put_off))
