"""What identity publishes. Sagas and races: docs/sagas.md."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.errors import JsonValue
from contracts.identity.states import TeachingPointStatus
from contracts.stored import StoredLine, StoredNumber, StoredPhone, StoredShortText, StoredTitle, Word
from contracts.trail import TrailSealed
from contracts.types import Instant, Latitude, Longitude


class TeachingPointItem(StateItem):
    """A teaching point as other services see it: what anybody may know. Who recruits there is not among it."""

    code: StoredNumber
    name: StoredTitle
    status: TeachingPointStatus
    province: StoredShortText | None = None
    city: StoredShortText | None = None
    district: StoredShortText | None = None
    street: StoredLine | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    phones: tuple[StoredPhone, ...] = ()


class TeachingPointState(State[TeachingPointItem], owner="identity", version=1):
    """Copied by registry and courses."""


class SchoolSettingItem(StateItem):
    """A value that was entered for a setting that services share, or (without a value) the revocation of one. It takes
    effect at the same instant everywhere."""

    name: Word
    revision: int = Field(description="The setting's version with it: of two of one instant the higher holds.")
    value: JsonValue
    effective_from: Instant
    revokes_id: UUID | None = Field(description="The value that it takes back.")


class SchoolSettingState(State[SchoolSettingItem], owner="identity", version=1):
    """Read by whoever uses the school's name (`contracts.school`)."""


class Revocation(Contract):
    """Tokens that no longer count: of one session, or a user's of an epoch below `epoch`."""

    user_id: UUID
    session_id: UUID | None = Field(description="The session that ended; empty when all of the user's are meant.")
    epoch: int | None = Field(description="The lowest epoch that still counts; empty when one session is meant.")
    revoked_at: Instant


class AccessRevoked(Fact, owner="identity", version=1, rows="revocations", unheard=True):
    """→ every gateway, on a queue of its own; gateways ask `ListRevocations` too, so none is missed."""

    revocations: Annotated[tuple[Revocation, ...], Field(max_length=MAX_EVENT_ROWS)]


class RefusedAccount(Contract):
    """A student who can't have an account as things are."""

    student_id: UUID
    code: Word = Field(description="Why: `username_taken`, the student number is somebody else's username.")


class StudentAccountsRefused(Fact, owner="identity", version=1, rows="refused"):
    """`StudentState` made no account for these → registry shows why. Said again for each newer state that makes none;
    `StudentAccountsMade` takes it back."""

    refused: Annotated[tuple[RefusedAccount, ...], Field(max_length=MAX_EVENT_ROWS)]


class MadeAccount(Contract):
    """A student who has an account after all."""

    student_id: UUID


class StudentAccountsMade(Fact, owner="identity", version=1, rows="made"):
    """These had been refused an account and have one now → registry shows nothing any more. It is final, since a
    student's account is never erased: a refusal that arrives later is older."""

    made: Annotated[tuple[MadeAccount, ...], Field(max_length=MAX_EVENT_ROWS)]


class KeptNotice(Contract):
    """A notice that can be read now, and who may: as `contracts.notices.DecidedStep` says."""

    id: UUID
    service: Word = Field(description="The service that told of it.")
    workflow: Word
    action: Word
    state: Word
    subject_id: UUID
    student_id: UUID | None
    tells_student: bool
    teaching_point_id: UUID | None
    applicant_id: UUID | None
    actor_id: UUID | None


class NoticesKept(Fact, owner="identity", version=1, rows="notices", unheard=True):
    """→ every gateway, on a queue of its own: it hints those who watch. Whoever misses it reads the list."""

    notices: Annotated[tuple[KeptNotice, ...], Field(max_length=MAX_EVENT_ROWS)]


class IdentityTrailSealed(TrailSealed, owner="identity", version=1):
    """→ the registry keeps the head of the audit trail where this service can't change it."""
