"""What does not agree, and what to do about it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that is not as it must be. The same code and subject is the same disagreement, looked at again."""

    code: str
    subject: str
    """`selection`, `registration`, `bill`, `ledger` …"""
    id: UUID | None
    says: str = ""
    """What was found, for people."""

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """What makes it the same one when it is looked at again."""
        return self.code, self.subject, self.id
