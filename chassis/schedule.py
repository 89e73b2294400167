"""Due work. Each job is a row taken with SKIP LOCKED, so it runs in one process at a time, whatever their number."""

from __future__ import annotations

import logging

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.context import system_context
from chassis.database import Database
from chassis.service import ScheduledEntry

logger = logging.getLogger(__name__)


class Scheduler:
    """Runs the due jobs of one service."""

    def __init__(self, database: Database, jobs: dict[str, ScheduledEntry]) -> None:
        self.database = database
        self.jobs = jobs
        self.schedules = database.service.metadata.tables["schedules"]

    def prepare(self) -> None:
        """Make a row for each job that has none, due at once."""
        now = self.database.clock.now()
        rows = [{"name": name, "next_at": now} for name in self.jobs]
        if rows:
            statement = insert(self.schedules).on_conflict_do_nothing()
            self.database.run(system_context(), lambda uow: uow.execute(statement, rows))

    def run_due(self) -> int:
        """Run every job that is due and not running elsewhere; how many ran. A failing job is tried again next time."""
        ran = 0
        for name, entry in self.jobs.items():
            try:
                while self._run(name, entry):
                    ran += 1
            except Exception:
                logger.exception("scheduled_job_failed", extra={"job": name})
        return ran

    def _run(self, name: str, entry: ScheduledEntry) -> bool:
        """Run one job in the transaction that holds its row; whether it handled anything and should run again."""
        schedules = self.schedules
        with self.database.unit_of_work(system_context()) as uow:
            due = select(schedules.c.name).where(schedules.c.name == name, schedules.c.next_at <= uow.now)
            if uow.first(due.with_for_update(skip_locked=True)) is None:
                return False
            handled = entry.job(uow)
            next_at = uow.now if handled else uow.now + entry.every
            uow.execute(update(schedules).where(schedules.c.name == name).values(next_at=next_at, last_run_at=uow.now))
        return bool(handled)
