"""What a bill is for."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import Contract
from contracts.stored import Word


class SourceKind(StrEnum):
    """The kinds of row of other services that are billed."""

    SELECTION = "selection"
    REGISTRATION = "registration"
    """Of a resit. That of a selection is paid with the selection's bills."""


class Source(Contract):
    """What a bill is for: one row of another service, which has the answers about its bills brought back to it.

    The kind is open text on the wire, so that a new one breaks no reader: whoever does not know it ignores the row.
    """

    kind: Word = Field(description="A `SourceKind`, or one that this version does not know.")
    id: UUID

    def id_if(self, kind: SourceKind) -> UUID | None:
        """The id of the row, if it is one of this kind."""
        return self.id if self.kind == kind else None
