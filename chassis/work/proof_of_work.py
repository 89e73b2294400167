"""Work that a client's processor does before it is served where guessing pays: a little for one person, much for who
tries everything. Nobody else is asked: challenges are signed here, with a secret that lies in the database.

ALTCHA's proof of work v2: the client looks for the number from which PBKDF2 derives the key whose first half is told.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from altcha.v2 import ChallengeParameters, Payload, create_challenge, verify_solution
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import HARDEST_WORK
from contracts.errors import ServiceError

GOOD_FOR: Final = timedelta(minutes=20)
"""How long a challenge may be solved; a slow telephone takes minutes for a hard one."""

_ALGORITHM: Final = "PBKDF2/SHA-256"
_ROUNDS: Final = 2_000
"""Of PBKDF2 for one number: most of a millisecond of a processor."""
_NUMBERS: Final = 1_000
"""That are tried at level 0 in the mean, twice as many at most: about a second."""


def level_of(number: int, allowed: int) -> int:
    """How hard it is to be served once more who was served `number` times and may be `allowed` times for nothing: twice
    as hard each time that as many more were, twenty at least."""
    return min(HARDEST_WORK, max(0, number - allowed) // max(allowed, 20))


def required(uow: UnitOfWork, secret: bytes, about: bytes, level: int) -> ServiceError:
    """The refusal `work_required` with a challenge that is good for one request about this."""
    key, signing = _keys(secret)
    challenge = create_challenge(
        _ALGORITHM,
        _ROUNDS,
        # From 1 on: who knows how it is made could else leave out what it never is.
        counter=1 + secrets.randbelow(2 * _NUMBERS * 2**level),
        expires_at=uow.now + GOOD_FOR,
        data={"about": about.hex(), "level": level},
        hmac_secret=signing,
        hmac_key_secret=key,
    )
    return ServiceError("work_required", challenge=challenge.to_dict(), seconds=2**level)


def spend(uow: UnitOfWork, secret: bytes, solution: str | None, about: bytes, level: int) -> bool:
    """Whether the work was done for this; then it is spent. Who began when it was a level easier has done enough:
    others may have made it harder meanwhile."""
    challenge = _solved(secret, solution) if solution is not None else None
    if challenge is None or (challenge.expires_at or 0) < uow.now.timestamp():
        return False
    told = challenge.data or {}
    if told["about"] != about.hex() or told["level"] < level - 1:
        return False
    spent = uow.tables["spent_work"]
    once = insert(spent).values(nonce=challenge.nonce, spent_at=uow.now).on_conflict_do_nothing()
    return uow.first(once.returning(spent.c.nonce)) is not None


def secret_of(uow: UnitOfWork) -> bytes:
    """This service's, made when it is first needed: in a transaction of its own, for a refusal takes back the other."""
    table = uow.tables["work_secret"]
    kept = uow.scalar(select(table.c.secret))
    if kept is None:
        with uow.apart() as connection:
            connection.execute(insert(table).values(id=1, secret=secrets.token_bytes(32)).on_conflict_do_nothing())
        kept = uow.scalar(select(table.c.secret))
    return bytes(kept)


def _solved(secret: bytes, solution: str) -> ChallengeParameters | None:
    key, signing = _keys(secret)
    if not verify_solution(solution, signing, hmac_key_secret=key).verified:
        return None
    return Payload.from_base64(solution).challenge.parameters


def _keys(secret: bytes) -> tuple[bytes, bytes]:
    key, signing = (hashlib.blake2b(b"", key=secret, digest_size=32, person=use).digest() for use in (b"key", b"sign"))
    return key, signing
