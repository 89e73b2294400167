"""Quick signup (ENR-2): what anybody may ask and send, and what a teaching point makes of it."""

from uuid import UUID

from pydantic import Field

from contracts.base import Done, Page, PageQuery, Query, TryableCommand, View
from contracts.common import HistoryStepView, RowResults
from contracts.enrollment.states import SignupState
from contracts.public import PublicCommand, PublicQuery
from contracts.stored import (
    StoredLine,
    StoredMobile,
    StoredName,
    StoredPhone,
    StoredShortText,
    StoredText,
    StoredTitle,
)
from contracts.types import (
    Id,
    Ids,
    Instant,
    Latitude,
    Level,
    Longitude,
    MobileNumber,
    Note,
    PersonName,
    SearchText,
    ShortText,
)

# --- for anybody ---


class OpenRound(View):
    """An admission round that takes forms now."""

    name: StoredTitle
    closes_at: Instant
    levels: tuple[Level, ...]


class SignupPoint(View):
    """A teaching point that recruits, as visitors see it."""

    teaching_point_id: UUID
    name: StoredTitle
    province: StoredShortText | None
    city: StoredShortText | None
    district: StoredShortText | None
    street: StoredLine | None
    phones: tuple[StoredPhone, ...]
    distance: int | None = Field(
        description="Metres to it as the crow flies; empty where it has not told where it is.", examples=[1850]
    )
    rounds: tuple[OpenRound, ...] = Field(description="The rounds in which it recruits now.")


class SignupPoints(View):
    """Teaching points that recruit now, the nearest first."""

    items: tuple[SignupPoint, ...]


class SignupCity(View):
    """A city in which teaching points recruit now."""

    province: StoredShortText | None
    city: StoredShortText
    points: int = Field(description="How many.")


class SignupCities(View):
    """The cities to choose from."""

    items: tuple[SignupCity, ...]


class GetSignupCities(PublicQuery, answers=SignupCities):
    """The cities in which teaching points recruit now."""


class GetNearestPoints(PublicQuery, answers=SignupPoints):
    """The ten teaching points next to a position that recruit now. The position is kept nowhere."""

    longitude: Longitude
    latitude: Latitude


class GetPointsOfCity(PublicQuery, answers=SignupPoints):
    """The ten teaching points next to the centre of a city's points that recruit now, those in the city before all."""

    province: ShortText | None = Field(default=None, description="Its province.", examples=["江苏省"])
    city: ShortText = Field(description="One of those to choose from.", examples=["徐州市"])


class SignUp(PublicCommand, answers=Done):
    """Tell a teaching point that one wants to study: it calls back. Who sends the same twice has done it once, and is
    told the same. Refused: `point_not_recruiting`."""

    teaching_point_id: Id = Field(description="The teaching point.")
    name: PersonName = Field(description="Name.")
    mobile: MobileNumber = Field(description="Where the point calls.")
    wished_major: ShortText = Field(description="What one wants to study, in one's own words.", examples=["会计"])


# --- for teaching points ---


class SignupView(View):
    """快速报名."""

    id: UUID
    name: StoredName
    mobile: StoredMobile
    wished_major: StoredTitle
    teaching_point_id: UUID
    teaching_point_name: StoredTitle | None
    state: SignupState
    signed_up_at: Instant
    version: int


class SignupDetails(SignupView):
    """快速报名 with what came of it."""

    application_id: UUID | None = Field(description="The form that it became.")
    reason: StoredText | None = Field(description="Why it was discarded.")
    ended_at: Instant | None = Field(description="When it was completed or discarded.")
    history: tuple[HistoryStepView, ...]


class ListSignups(
    PageQuery,
    answers=Page[SignupView],
    order="-signed_up_at",
    together=(("teaching_point_id", "state"),),
    looked_at=("search",),
):
    """Quick signups."""

    state: SignupState | None = Field(default=None, description="Only in this state.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    search: SearchText | None = Field(
        default=None, description="Part of the name, or the beginning of the mobile number."
    )


class GetSignup(Query, answers=SignupDetails):
    """A quick signup with what came of it."""

    signup_id: Id = Field(description="The signup.")


class DiscardSignups(TryableCommand, answers=RowResults):
    """Make nothing of signups: `signed_up` → `discarded`. After some time they are erased.

    Refused by row: `not_found`, `step_not_allowed`.
    """

    signup_ids: Ids = Field(description="The signups.")
    reason: Note = Field(description="Why.", examples=["电话联系后本人表示不再报名"])
