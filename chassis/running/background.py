"""What runs beside the requests: loops in threads of their own that survive a lost database or broker."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from chassis.base.context import system_context
from chassis.data.database import Database, is_infrastructure_failure
from chassis.data.retention import let_go
from chassis.data.statistics import analyse_grown
from chassis.declaring.entries import ScheduledEntry
from chassis.messages.backlog import count_backlog
from chassis.messages.broker import CONNECTION_ERRORS, PACE
from chassis.messages.copies import Copies
from chassis.messages.inbox import Inbox
from chassis.messages.publisher import ConfirmingPublisher
from chassis.messages.relay import BATCH, RETRY_RETURNED, Relay
from chassis.papers.files import ERASED_EVERY, erase_unadopted, erase_unowned
from chassis.papers.leftovers import erase_temporary
from chassis.running.schedule import Scheduler
from chassis.running.tasks import forget_old_tasks
from chassis.work.audit_export import EXPORTED_EVERY, export_heads
from chassis.work.audit_heads import TOLD_EVERY, tell_head
from chassis.work.audit_sealing import SEALED_EVERY, seal
from chassis.work.school_settings import setting

logger = logging.getLogger(__name__)

STORE_IDLE: Final = timedelta(minutes=10)
"""For a walk through the object store, page by page; it locks nothing but the names of files to be erased."""


class Loop:
    """Runs `step` again and again in a thread until stopped: at once while it does something, else when woken or after
    `interval` seconds. A failure of the infrastructure pauses it; any other failure is logged and the loop goes on."""

    def __init__(
        self, name: str, step: Callable[[], bool], *, interval: float, close: Callable[[], None] | None = None
    ):
        self.name = name
        self.step = step
        self.interval = interval
        self.close = close
        self._stopping = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the step in hand and end the thread, waiting at most `timeout` seconds."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
        if self.close is not None:
            self.close()

    def _run(self) -> None:
        pause = self.interval
        while not self._stopping:
            self._woken.clear()
            try:
                busy = self.step()
                pause = self.interval
            except Exception as error:
                busy = False
                if is_infrastructure_failure(error) or isinstance(error, CONNECTION_ERRORS):
                    logger.warning("loop_paused", extra={"loop": self.name, "error": type(error).__name__})
                    pause = min(max(pause, 0.2) * 2, 5.0)
                    threading.Event().wait(pause)  # not `_woken`: commits go on waking it while the broker is away
                    continue
                logger.exception("loop_failed", extra={"loop": self.name})
            if not busy:
                self._woken.wait(pause)


class RelayLoop(Loop):
    """The relay of one process: woken by every commit that left events, with a poll for what a killed process left."""

    def __init__(self, database: Database, broker_url: str) -> None:
        self.publisher = ConfirmingPublisher(broker_url)
        self.relay = Relay(database, self.publisher)
        super().__init__("relay", self._relay, interval=1.0, close=self.publisher.close)
        self._not_before = 0.0
        self._retry_at = 0.0
        database.wake_relay = self.wake

    def _relay(self) -> bool:
        # Under load each look finds what several commits left; the first event after a pause goes at once.
        time.sleep(max(0.0, self._not_before - time.monotonic()))
        count = self.relay.run_once()
        if count == 0:
            self._retry_returned()
            self.publisher.beat()
        elif count < BATCH:
            self._not_before = time.monotonic() + PACE
        return count > 0

    def _retry_returned(self) -> None:
        if time.monotonic() >= self._retry_at:
            self.relay.retry_returned()
            self._retry_at = time.monotonic() + RETRY_RETURNED.total_seconds()


LETTING_GO = ScheduledEntry(partial(let_go, days=setting), timedelta(minutes=10))
"""Of every service: rows are kept no longer than declared."""


def housekeeping(database: Database) -> Sequence[Loop]:
    """The loops that one process of a service's task role runs: due jobs, the chain of the audit trail, waiting
    events, pages for others' copies."""
    inbox = Inbox(database)
    copies = Copies(database)
    jobs = {
        **database.service.schedule,
        "let_go": LETTING_GO,
        "forget_old_tasks": ScheduledEntry(forget_old_tasks, timedelta(hours=1)),
        "analyse_grown": ScheduledEntry(analyse_grown, timedelta(seconds=5)),
        "tell_audit_head": ScheduledEntry(tell_head, TOLD_EVERY),
        "export_audit_heads": ScheduledEntry(export_heads, EXPORTED_EVERY),
        "erase_unadopted_files": ScheduledEntry(erase_unadopted, ERASED_EVERY, idle=STORE_IDLE),
        "erase_unowned_files": ScheduledEntry(erase_unowned, timedelta(hours=1), idle=STORE_IDLE),
    }
    scheduler = Scheduler(database, jobs)

    def count() -> bool:
        return database.run(system_context(), count_backlog) > 0

    def seal_trail() -> bool:
        return database.run(system_context(), seal)

    return (
        Loop("scheduler", lambda: scheduler.run_due() > 0, interval=1.0),
        # At once only after a full block: what comes one by one is sealed together.
        Loop("audit_chain", seal_trail, interval=SEALED_EVERY),
        # In every process: a gauge that only one of them set would go stale in the others.
        Loop("backlog", count, interval=15.0),
        # In every process: each may have a folder of its own.
        Loop("leftovers", lambda: erase_temporary() > 0, interval=600.0),
        Loop("inbox_retry", lambda: inbox.retry_waiting() > 0, interval=1.0),
        Loop("copy_pages", copies.serve_next_page, interval=1.0),
    )
