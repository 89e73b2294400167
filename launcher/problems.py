"""What keeps commands from doing what they are asked for, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.base.problems import SetUpProblem


class NotReadyError(SetUpProblem):
    """What a command needs does not run, or did not get ready; the message says what."""


@contextmanager
def asking_databases() -> Iterator[None]:
    """Databases that don't answer, or are older than the code, are told of as a NotReadyError."""
    from psycopg2.errors import UndefinedColumn, UndefinedTable
    from sqlalchemy.exc import OperationalError, ProgrammingError

    try:
        yield
    except OperationalError:
        raise NotReadyError("the databases can't be reached; ./jiaowu up starts them") from None
    except ProgrammingError as error:
        if isinstance(error.orig, UndefinedTable | UndefinedColumn):
            said = "the databases are of an earlier version; ./jiaowu up migrates them (where people work: upgrade)"
            raise NotReadyError(said) from None
        raise
