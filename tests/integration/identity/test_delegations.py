"""Permissions that colleagues hand to one another."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.testing.harness import ServiceHarness
from contracts.common import of_service
from contracts.identity.commands import DisableUser, EnableUser, RefreshSession, SignIn, UpdateUser
from contracts.identity.delegation import EndDelegations, GiveDelegations, ListColleagues, ListDelegations
from contracts.identity.events import AccessRevoked
from contracts.identity.notices import ListNotices
from contracts.identity.queries import GetUser
from contracts.identity.states import FirstStep
from contracts.identity.views import CreatedUser, SessionTokens
from contracts.permissions import Role
from contracts.settings import ChangeSetting
from services.identity.domain import delegating
from tests.builders import people
from tests.builders.identity import (
    PASSWORD,
    claims_of,
    in_session,
    signed_in,
    student_signed_in,
    teaching_point,
    user,
)

REVIEW = "finance.review_remittances"


class Office:
    """Two of finance and one of a point."""

    def __init__(self, identity: ServiceHarness) -> None:
        self.identity = identity
        self.giver, self.giving = self.employee("giver", Role.SCHOOL_FINANCE)
        self.receiver, self.receiving = self.employee("receiver", Role.SCHOOL_EXAMS)

    def employee(self, username: str, role: Role) -> tuple[CreatedUser, SessionTokens]:
        created = user(self.identity, username, roles=({"role": role},))
        return created, signed_in(self.identity, created)

    def command(self, *permissions: str, days: int = 7, **changed: Any) -> GiveDelegations:
        until = self.identity.clock.now().date() + timedelta(days=days)
        given = {"receiver_id": self.receiver.user.id, "permissions": permissions or (REVIEW,), "until": until}
        return GiveDelegations.model_validate({**given, "reason": "出差", **changed})

    def give(self, *permissions: str, days: int = 7) -> Any:
        return self.identity.run(self.command(*permissions, days=days), in_session(self.giving))

    def refused(self, command: GiveDelegations) -> str:
        return self.identity.refusal(command, in_session(self.giving)).code

    @property
    def held(self) -> tuple[Any, ...]:
        """What the receiver's next token says."""
        self.receiving = self.identity.run(RefreshSession(refresh_token=self.receiving.refresh_token))
        said = claims_of(self.receiving).delegated
        assert {name for name, _, _ in said} <= self.receiving.account.permissions.keys()
        return said

    def states(self) -> set[str]:
        given = self.identity.ask(ListDelegations(), in_session(self.giving)).given
        received = self.identity.ask(ListDelegations(), in_session(self.receiving)).received
        assert given == received, "both see the same"
        return {each.state for each in given}

    def seen(self, created: CreatedUser) -> Any:
        return self.identity.ask(GetUser(user_id=created.user.id), people.of_school())


@pytest.fixture
def office(identity: ServiceHarness) -> Office:
    return Office(identity)


def test_what_was_handed_on_counts_in_the_colleagues_hands_within_seconds(identity, office) -> None:  # type: ignore[no-untyped-def]
    assert office.held == ()
    before = office.receiving.account.permissions
    given = office.give(REVIEW, "finance.read_remittances")
    assert [(each.permission, each.receiver_name, each.state) for each in given.given] == [
        ("finance.read_remittances", "赵一", "counts"),
        (REVIEW, "赵一", "counts"),
    ]
    assert office.receiver.user.id in {r.user_id for r in identity.published(AccessRevoked)[-1].revocations}
    assert office.held == (("finance.read_remittances", "school", ()), (REVIEW, "school", ()))
    assert office.receiving.account.permissions.keys() - before.keys() == {REVIEW, "finance.read_remittances"}
    [notice] = identity.ask(ListNotices(), in_session(office.receiving)).items
    assert notice.message == "权限委托：委托权限（有效）"


def test_what_one_has_of_others_is_not_ones_own_to_hand_on(identity, office) -> None:  # type: ignore[no-untyped-def]
    office.give()
    back = office.command(receiver_id=office.giver.user.id)
    assert REVIEW not in identity.ask(ListDelegations(), in_session(office.receiving)).own
    assert identity.refusal(back, in_session(office.receiving)).code == "permission_not_own"


def test_it_is_handed_to_colleagues_alone_and_once(identity, office) -> None:  # type: ignore[no-untyped-def]
    point = teaching_point(identity)
    stranger = user(identity, "elsewhere", point=point)
    for other in (stranger.user.id, office.giver.user.id, point.id):
        assert office.refused(office.command(receiver_id=other)) == "not_a_colleague"
    found = identity.ask(ListColleagues(), in_session(office.giving)).items
    assert [each.username for each in found] == ["receiver"]
    office.give()
    assert office.refused(office.command()) == "delegation_exists"
    shut = office.seen(office.receiver)
    identity.run(DisableUser(user_id=shut.id, version=shut.version), people.of_school())
    assert office.refused(office.command("finance.read_bills")) == "not_a_colleague"


def test_it_ends_with_its_day(identity, office) -> None:  # type: ignore[no-untyped-def]
    office.give(days=1)
    identity.clock.advance(timedelta(hours=1))
    assert office.held
    identity.clock.advance(timedelta(days=2))
    assert claims_of(identity.run(SignIn(username="receiver", password=PASSWORD))).delegated == ()
    again = identity.ask(ListDelegations(), in_session(office.giving)).given
    assert [each.state for each in again] == ["expired"]
    before = len(identity.published(AccessRevoked))
    identity.run_due_jobs()
    [revoked] = identity.published(AccessRevoked)[before:]
    assert {each.user_id for each in revoked.revocations} == {office.receiver.user.id}, "older tokens end too"
    assert [each.state for each in office.give(days=3).given] == ["counts", "expired"]


@pytest.mark.parametrize("side", ["giving", "receiving"])
def test_either_side_ends_it_at_once(identity, office, side) -> None:  # type: ignore[no-untyped-def]
    [row] = office.give().given
    bystander = in_session(office.employee("bystander", Role.SCHOOL_FINANCE)[1])
    end = EndDelegations(delegation_ids=(row.id,))
    assert identity.refusal(end, bystander).code == "some_not_found"
    identity.run(end, in_session(getattr(office, side)))
    assert office.held == ()
    assert office.states() == {"taken_back" if side == "giving" else "given_back"}
    assert identity.refusal(end, in_session(office.giving)).code == "some_not_found"


def test_it_ends_at_once_when_its_giver_loses_it_and_stays_ended(identity, office) -> None:  # type: ignore[no-untyped-def]
    office.give(REVIEW, "finance.read_settings")
    fields = {"user_id": office.giver.user.id, "name": "赵一", "gender": "female", "mobile": "13900000000"}

    def become(role: Role) -> None:
        version = office.seen(office.giver).version
        command = UpdateUser.model_validate({**fields, "version": version, "roles": ({"role": role},)})
        identity.run(command, people.of_school())

    become(Role.SCHOOL_REGISTRAR)
    assert [name for name, _, _ in office.held] == ["finance.read_settings"], "which registrars have as well"
    become(Role.SCHOOL_FINANCE)
    assert [name for name, _, _ in office.held] == ["finance.read_settings"]
    assert office.states() == {"lost", "counts"}


def test_what_is_demanded_of_the_giver_is_demanded_of_who_acts_in_their_place(identity, office) -> None:  # type: ignore[no-untyped-def]
    change = of_service("identity", ChangeSetting)
    demand = change(name="second_factor_roles", value=[Role.SCHOOL_FINANCE], version=1, reason="测试")
    identity.run(demand, people.of_school())
    assert office.held == ()
    assert office.receiving.account.first_steps == ()
    office.give()
    assert office.held
    assert office.receiving.account.first_steps == (FirstStep.SET_UP_SECOND_FACTOR,)


def test_students_see_no_list_of_colleagues(identity) -> None:  # type: ignore[no-untyped-def]
    assert identity.refusal(ListColleagues(), in_session(student_signed_in(identity))).code == "forbidden"


def test_it_ends_when_its_giver_is_shut_out(identity, office) -> None:  # type: ignore[no-untyped-def]
    office.give()
    shut = office.seen(office.giver)
    shut = identity.run(DisableUser(user_id=shut.id, version=shut.version), people.of_school())
    assert office.held == ()
    identity.run(EnableUser(user_id=shut.id, version=shut.version), people.of_school())
    assert office.held == ()


def test_nobody_hands_on_more_than_tokens_can_say(identity, office, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(delegating, "MOST_OPEN", 1)
    assert office.refused(office.command(REVIEW, "finance.read_bills")) == "too_many_delegations"
    office.give()
    assert office.refused(office.command("finance.read_bills")) == "too_many_delegations"
