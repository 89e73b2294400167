"""Work that a client's processor does before it is served where guessing pays: a little for one person, much for who
tries everything. Nobody else is asked: challenges are signed here, with a secret that lies in the database.

ALTCHA's proof of work v2: the client looks for the number from which PBKDF2 derives the key whose first half is told.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from altcha.v2 import Payload, create_challenge, verify_solution
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.data.unit_of_work import UnitOfWork
from contracts.errors import ServiceError

GOOD_FOR: Final = timedelta(minutes=20)
"""How long a challenge may be solved; a slow telephone takes minutes for a hard one."""
HARDEST: Final = 5
"""Each level is twice the work of the one before."""

_ALGORITHM: Final = "PBKDF2/SHA-256"
_ROUNDS: Final = 2_000
"""Of PBKDF2 for one number: most of a millisecond of a processor."""
_NUMBERS: Final = 1_000
"""That are tried at level 0, half as many to half as many again: about a second."""


@dataclass(frozen=True, slots=True)
class Work:
    """A solved challenge: what it was about, and how hard it was."""

    about: str
    level: int
    until: int
    nonce: str


def level_of(number: int, allowed: int) -> int:
    """How hard it is to be served once more who was served `number` times and may be `allowed` times for nothing: twice
    as hard each time that is reached again."""
    return min(HARDEST, max(0, number - allowed) // max(allowed, 20))


def required(uow: UnitOfWork, about: bytes, level: int) -> ServiceError:
    """The refusal `work_required` with a challenge that is good for one request about this."""
    key, signing = _keys(uow)
    fewest = _NUMBERS * 2**level // 2
    told = {"about": about.hex(), "level": level, "until": int((uow.now + GOOD_FOR).timestamp())}
    challenge = create_challenge(
        _ALGORITHM,
        _ROUNDS,
        counter=fewest + secrets.randbelow(2 * fewest),
        data=told,
        hmac_secret=signing,
        hmac_key_secret=key,
    )
    return ServiceError("work_required", challenge=challenge.to_dict(), seconds=2**level)


def is_done(uow: UnitOfWork, solution: str | None, about: bytes, level: int) -> bool:
    """Whether the work was done for this and is spent now. Who began when it was a level easier has done enough: others
    may have made it harder meanwhile."""
    work = _work(uow, solution) if solution is not None else None
    if work is None or work.about != about.hex() or work.level < level - 1 or work.until < uow.now.timestamp():
        return False
    spent = uow.tables["spent_work"]
    once = insert(spent).values(nonce=work.nonce, spent_at=uow.now).on_conflict_do_nothing().returning(spent.c.nonce)
    return uow.first(once) is not None


def code(uow: UnitOfWork, *parts: str) -> bytes:
    """What is counted and challenged is kept as a code: it may be about a person."""
    return hashlib.blake2b("\0".join(parts).encode(), key=_secret(uow), digest_size=32, person=b"code").digest()


def _work(uow: UnitOfWork, solution: str) -> Work | None:
    key, signing = _keys(uow)
    if not verify_solution(solution, signing, hmac_key_secret=key).verified:
        return None
    parameters = Payload.from_base64(solution).challenge.parameters
    return Work(nonce=parameters.nonce, **(parameters.data or {}))


def _keys(uow: UnitOfWork) -> tuple[bytes, bytes]:
    secret = _secret(uow)
    key, signing = (hashlib.blake2b(b"", key=secret, digest_size=32, person=use).digest() for use in (b"key", b"sign"))
    return key, signing


def _secret(uow: UnitOfWork) -> bytes:
    """This service's, made when it is first needed."""
    table = uow.tables["work_secret"]
    kept: Any = uow.scalar(select(table.c.secret))
    if kept is None:
        uow.execute(insert(table).values(id=1, secret=secrets.token_bytes(32)).on_conflict_do_nothing())
        kept = uow.scalar(select(table.c.secret))
    return bytes(kept)
