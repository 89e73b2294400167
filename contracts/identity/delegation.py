"""Permissions that somebody hands to a colleague for a time (IDN-7)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Command, NumberedQuery, Page, Query, TryableCommand, View
from contracts.identity.states import DelegationState
from contracts.stored import StoredDay, StoredIdentifier, StoredName, StoredText, StoredTitle, Word
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import Day, FewIds, Id, Instant, Note, SearchText, Unique

MOST_PERMISSIONS = 60
"""That one may hand on at a time: more than any role has."""

Permission = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+\.[a-z_]{1,50}$"),
    Cleaned(TextKind.NUMBER, cleaning.number),
    Field(examples=["finance.review_remittances"]),
]


class DelegationView(View):
    """One permission that was handed on."""

    id: UUID
    permission: Word = Field(description="What was handed on.")
    giver_id: UUID
    giver_name: StoredName
    receiver_id: UUID
    receiver_name: StoredName
    until: StoredDay = Field(description="The last day on which it counts.")
    reason: StoredText
    state: DelegationState
    given_at: Instant
    ended_at: Instant | None


class DelegationsView(View):
    """What the acting user has handed on and received, what counts first; of what is over, that of the last 90 days."""

    given: tuple[DelegationView, ...]
    received: tuple[DelegationView, ...]
    own: tuple[Word, ...] = Field(description="The permissions of one's own that may be handed on.")


class ColleagueView(View):
    """Somebody of the same organisation: no contact data, which superiors see."""

    id: UUID
    username: StoredIdentifier
    name: StoredName
    position: StoredTitle | None


class ListDelegations(Query, answers=DelegationsView):
    """What one has handed on to colleagues, and received of them."""


class ListColleagues(NumberedQuery, answers=Page[ColleagueView]):
    """Colleagues of one's own organisation who can sign in, by their usernames: of one's teaching point, or of the
    school."""

    search: SearchText | None = Field(default=None, description="Part of the name, or the beginning of the username.")


class GiveDelegations(Command, answers=DelegationsView):
    """Hand permissions of one's own to a colleague of the same organisation, until a day. They reach what they reach in
    one's own hands, can't be handed on, and end at once when one loses them oneself.

    Refused: `permission_not_own`, `not_a_colleague`, `delegation_until_past`, `delegation_too_long`,
    `delegation_exists`, `too_many_delegations`.
    """

    receiver_id: Id = Field(description="The colleague.")
    permissions: Annotated[tuple[Permission, ...], Field(min_length=1, max_length=MOST_PERMISSIONS), Unique] = Field(
        description="What is handed on.", examples=[["finance.review_remittances"]]
    )
    until: Day = Field(description="The last day on which it counts, a year from now at most.")
    reason: Note = Field(description="Why; the colleague reads it.", examples=["出差期间代为审核"])


class EndDelegations(TryableCommand, answers=DelegationsView):
    """Take back what one has handed on, or give back what one has received. Refused: `some_not_found`."""

    delegation_ids: FewIds = Field(description="What ends.")
