"""How much a person and a teaching point may upload on a day (of Asia/Shanghai).

It is kept in the store itself, for all gateways and over their restarts: an empty object for each upload, whose name
says who and how much, `uploaded/<place>/<day>/<person>.<id>-<bytes>`. It is written before the sum is looked at, so
that of uploads at the same moment none is overlooked; one that finds no room, or breaks off, takes its own away again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import obstore
from obstore.store import ObjectStore

from chassis.base.blocking import in_real_thread
from chassis.base.clock import SHANGHAI, local_date
from chassis.base.context import Actor
from chassis.base.ids import new_id
from chassis.papers.objects import erase, listed
from contracts.errors import ServiceError

AREA = "uploaded"
MB = 1024 * 1024
_KEPT = timedelta(days=1)
_SCHOOL = "school"


@dataclass(slots=True)
class Used:
    """What was uploaded on a day: bytes at a place, bytes and files of one of its people."""

    at_place: int = 0
    of_person: int = 0
    files: int = 0


@dataclass(slots=True)
class Booking:
    """Room that an upload takes, in bytes: at first as many as it was announced with."""

    size: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be uploaded on a day."""

    person_mb: int = 500
    point_mb: int = 5_000
    """Of all who work at a point together; those of the school count as one, students each for themselves alone."""
    files: int = 2_000
    """Of a person: names alone fill a store too."""


USUAL = Limits()


class Quota:
    """What people may still upload today. `store` loses the folders that are left empty."""

    def __init__(self, store: ObjectStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits

    @contextmanager
    def booked(self, uploader: Actor, announced: int) -> Iterator[Booking]:
        """Room for an upload of `announced` bytes, to be told in the block what it came to. One that fails counts for
        nothing. Raises ServiceError `upload_quota_used`, or `point_upload_quota_used`, when there is no room today."""
        now = datetime.now(UTC)
        day, booking = _folder(uploader, local_date(now)), Booking(announced)
        noted = self._note(day, uploader, announced)
        try:
            self._judge(self._used(day, uploader), now)
            yield booking
        except BaseException:
            erase(self._store, noted)
            raise
        if booking.size != announced:
            self._note(day, uploader, booking.size)
            erase(self._store, noted)

    def refuse(self, uploader: Actor, announced: int) -> None:
        """Raise as `booked` for an upload that there is no room for, before it has come; nothing is booked."""
        now = datetime.now(UTC)
        used = self._used(_folder(uploader, local_date(now)), uploader)
        used.at_place += announced
        used.of_person += announced
        used.files += 1
        self._judge(used, now)

    def forget(self) -> None:
        """Erase what was counted on earlier days; yesterday's stays for who began before midnight."""
        before = (local_date(datetime.now(UTC)) - _KEPT).isoformat()
        for page in listed(self._store, AREA):
            for path, _ in page:
                if path.split("/")[2] < before:
                    erase(self._store, path)

    def _note(self, day: str, uploader: Actor, size: int) -> str:
        path = f"{day}/{uploader.user_id}.{new_id()}-{size}"
        in_real_thread(obstore.put, self._store, path, b"")
        return path

    def _used(self, day: str, uploader: Actor) -> Used:
        used = Used()
        for page in listed(self._store, day):
            for path, _ in page:
                name = path.rpartition("/")[2]
                size = int(name.rpartition("-")[2])
                used.at_place += size
                if name.partition(".")[0] == str(uploader.user_id):
                    used.of_person += size
                    used.files += 1
        return used

    def _judge(self, used: Used, now: datetime) -> None:
        limits, wait = self._limits, _left(now)
        if used.of_person > limits.person_mb * MB or used.files > limits.files:
            raise ServiceError("upload_quota_used", limit=limits.person_mb, files=limits.files, retry_after=wait)
        if used.at_place > limits.point_mb * MB:
            raise ServiceError("point_upload_quota_used", limit=limits.point_mb, retry_after=wait)


def _folder(uploader: Actor, day: date) -> str:
    """What is counted together: a point's people, those of the school. A student has a place alone: thousands of them
    would use up what their point needs for its work."""
    place = uploader.user_id if uploader.student_id else uploader.teaching_point_id or _SCHOOL
    return f"{AREA}/{place}/{day.isoformat()}"


def _left(now: datetime) -> int:
    """Seconds until the next day begins."""
    midnight = datetime.combine(local_date(now) + timedelta(days=1), time(), SHANGHAI)
    return int((midnight - now).total_seconds()) + 1
