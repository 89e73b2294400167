"""The term calendar: in which term of study a student is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day of a term."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class StudyBreak:
    """A suspension: first and last day; without an end it still lasts."""

    from_on: date
    until_on: date | None

    def days_in(self, term: Term) -> int:
        """How many days of the term it takes."""
        first = max(self.from_on, term.starts_on)
        last = min(self.until_on or term.ends_on, term.ends_on)
        return max(0, (last - first + timedelta(days=1)).days)


def nth_term(terms: Sequence[Term], intake: str, breaks: Iterable[StudyBreak], on: date) -> int | None:
    """A student's term of study on a day, from 1; None when the calendar does not reach back to the intake.

    Counted from the term of the intake (`YYYYMM`), without the terms of which more than half was suspended. Between
    two terms the coming one counts: it is the one that courses are then selected for.
    """
    ordered = sorted(terms, key=lambda term: term.starts_on)
    begun = date(int(intake[:4]), int(intake[4:]), 1)
    first = next((term for term in ordered if term.ends_on >= begun), None)
    if first is None:
        return None
    current = next((term for term in ordered if term.ends_on >= on), ordered[-1])
    since = [term for term in ordered if first.starts_on <= term.starts_on <= current.starts_on]
    pauses = tuple(breaks)
    studied = [term for term in since if 2 * sum(pause.days_in(term) for pause in pauses) <= term.days]
    return max(1, len(studied))
