"""How much a person and a teaching point may upload on a day (of Asia/Shanghai).

It is kept in the store itself, for all gateways and over their restarts: an empty object for each upload, whose name
says who and how much, `uploaded/<point>/<person>/<day>.<id>-<bytes>`. It is written before the sum is looked at, so
that of uploads at the same moment none is overlooked; one that finds no room takes its own away again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import obstore
from obstore.store import ObjectStore

from chassis.base.blocking import in_real_thread
from chassis.base.clock import SHANGHAI, local_date
from chassis.base.context import Actor
from chassis.base.ids import new_id
from contracts.errors import ServiceError

AREA = "uploaded"
MB = 1024 * 1024
_KEPT = timedelta(days=1)
_SCHOOL = "school"


@dataclass(slots=True)
class Used:
    """What was uploaded on a day: bytes of a point, bytes and files of one of its people."""

    of_point: int = 0
    of_person: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be uploaded on a day."""

    person_mb: int = 500
    point_mb: int = 5_000
    """Of all people of a point together; those of the school count as one."""
    files: int = 2_000
    """Of a person: names alone fill a store too."""


USUAL = Limits()


class Quota:
    """What people may still upload today."""

    def __init__(self, store: ObjectStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits

    def look(self, uploader: Actor, size: int) -> None:
        """Refuse an upload that can't have room, before it is read. Raises as `book`."""
        now = datetime.now(UTC)
        used = self._used(uploader, local_date(now))
        self._judge(Used(used.of_point + size, used.of_person + size, used.files + 1), now)

    def book(self, uploader: Actor, size: int) -> None:
        """Count an upload of `size` bytes. Raises ServiceError `upload_quota_used`, or `point_upload_quota_used`, when
        there is no room for it today; then it does not count."""
        now = datetime.now(UTC)
        path = f"{_folder(uploader)}/{uploader.user_id}/{local_date(now).isoformat()}.{new_id()}-{size}"
        in_real_thread(obstore.put, self._store, path, b"")
        try:
            self._judge(self._used(uploader, local_date(now)), now)
        except ServiceError:
            in_real_thread(obstore.delete, self._store, path)
            raise

    def forget(self) -> None:
        """Erase what was counted on earlier days; yesterday's stays for who began before midnight."""
        before = local_date(datetime.now(UTC)) - _KEPT
        for path in self._paths(AREA):
            if path.rpartition("/")[2].partition(".")[0] < before.isoformat():
                in_real_thread(obstore.delete, self._store, path)

    def _used(self, uploader: Actor, day: date) -> Used:
        used = Used()
        for path in self._paths(_folder(uploader)):
            *_, person, name = path.split("/")
            if not name.startswith(day.isoformat()):
                continue
            size = int(name.rpartition("-")[2])
            used.of_point += size
            if person == str(uploader.user_id):
                used.of_person += size
                used.files += 1
        return used

    def _judge(self, used: Used, now: datetime) -> None:
        limits, wait = self._limits, _left(now)
        if used.of_person > limits.person_mb * MB or used.files > limits.files:
            raise ServiceError("upload_quota_used", limit=limits.person_mb, files=limits.files, retry_after=wait)
        if used.of_point > limits.point_mb * MB:
            raise ServiceError("point_upload_quota_used", limit=limits.point_mb, retry_after=wait)

    def _paths(self, prefix: str) -> Iterator[str]:
        pages = iter(obstore.list(self._store, prefix=prefix, chunk_size=1000))
        while page := in_real_thread(next, pages, None):
            yield from (found["path"] for found in page)


def _folder(uploader: Actor) -> str:
    """Of a point. The day is in the name: a folder store would keep an empty folder for each."""
    return f"{AREA}/{uploader.teaching_point_id or _SCHOOL}"


def _left(now: datetime) -> int:
    """Seconds until the next day begins."""
    midnight = datetime.combine(local_date(now) + timedelta(days=1), time(), SHANGHAI)
    return int((midnight - now).total_seconds()) + 1
