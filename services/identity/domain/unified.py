"""Rules of unified sign-in (IDN-2): how long a start is good, where people come back to, whose password counts."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from chassis.work.reasons import Reason
from contracts.identity.states import WaysIn
from contracts.identity.unified import CALLBACK
from contracts.permissions import Role

GOOD_FOR: Final = timedelta(minutes=10)
"""What was begun is to be finished within."""
STARTS_KEPT: Final = timedelta(hours=1)
"""So that who comes too late is told so."""
SUBJECTS_KEPT: Final = timedelta(days=30)
"""After somebody tried last whose subject is bound to nobody."""

HOME: Final = "/"
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0\u2028\u2029]*")
_LOCAL: Final = frozenset({Role.SYSTEM_ADMIN, Role.STUDENT})


def safe_path(wanted: str | None) -> str:
    """Where somebody wanted to go: a path of ours, and the home page for whatever a browser might read as another
    site's address, and for the pages of signing in."""
    if wanted is None or not _PATH.fullmatch(wanted) or wanted.startswith(CALLBACK):
        return HOME
    return wanted


def local_sign_in_usual(roles: Iterable[Role]) -> bool:
    """Whether the own password of a bound account opens it where the school says nothing: system administrators have
    to come in while the provider is away, and students are known here (IDN-2)."""
    return not _LOCAL.isdisjoint(roles)


def ways_in(*, local: bool) -> WaysIn:
    """How a bound account is opened, where its own password does it (`local`) or not."""
    return WaysIn.BOTH if local else WaysIn.PROVIDER


def against_finish(
    started_at: datetime, finished_at: datetime | None, *, same_browser: bool, now: datetime
) -> Reason | None:
    """Why a sign-in that was begun then can't be finished now."""
    if now - started_at > GOOD_FOR:
        return Reason("sign_in_too_late", {"minutes": int(GOOD_FOR.total_seconds() // 60)})
    if not same_browser:
        return Reason("sign_in_elsewhere")
    return Reason("sign_in_finished") if finished_at is not None else None


def with_query(address: str, **fields: str) -> str:
    """An address with fields in its query, each encoded once."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(fields, quote_via=quote, safe='')}"
