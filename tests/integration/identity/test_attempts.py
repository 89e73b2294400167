"""Wrong passwords: who guesses is held up, and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import (
    ChangePassword,
    DisableTeachingPoint,
    DisableUser,
    EnableUser,
    ForgiveFailedSignIns,
    IssueOneTimePasswords,
    SignIn,
)
from contracts.identity.queries import GetUser
from contracts.identity.views import CreatedUser, SessionTokens
from services.identity.domain.guessing import LIMITS, Limit, Source
from services.identity.tables.sign_in import password_failures
from tests.builders import people
from tests.builders.identity import PASSWORD, from_address, signed_in, teaching_point, user
from tests.counting import counted_statements
from tests.working import worked

STRANGER, HOME = from_address("203.0.113.7"), from_address("198.51.100.20")
WRONG = SignIn(username="yl.zhao", password="wrong-password")
RIGHT = SignIn(username="YL.zhao", password=PASSWORD)
MANY = 20  # enough to be more than any single address may


@pytest.fixture(autouse=True)
def lower_limits(monkeypatch: pytest.MonkeyPatch, little_work: None) -> None:
    """What many do together is reached sooner, and work is done sooner."""
    monkeypatch.setattr("services.identity.steps.attempts.FREE_FOR_STRANGERS", MANY)
    for source, failures in ((Source.STRANGERS, 3 * MANY), (Source.PLACE, MANY)):
        monkeypatch.setitem(LIMITS, source, Limit(failures, LIMITS[source].within))


@pytest.fixture
def owner(identity: ServiceHarness) -> CreatedUser:
    created = user(identity)
    signed_in(identity, created)
    return created


def codes(identity: ServiceHarness, command: SignIn, who: Any, times: int = 5) -> list[str]:
    return [identity.refusal(command, who).code for _ in range(times)]


def trail(identity: ServiceHarness, action: str = "sign_in_failed") -> list[Any]:
    audit = identity.table("audit_entries")
    return identity.rows(select(audit).where(audit.c.action == action).order_by(audit.c.id))


def told(identity: ServiceHarness, action: str = "sign_in_failed") -> list[str]:
    return [row.after["code"] for row in trail(identity, action)]


def with_work(command: SignIn, work: str) -> SignIn:
    return command.model_copy(update={"work": work})


def guess_from_everywhere(identity: ServiceHarness, times: int = MANY) -> None:
    """Guesses spread over addresses, each within its own limit."""
    for number in range(times):
        assert identity.refusal(WRONG, from_address(f"203.0.{number // 5}.1")).code == "bad_credentials"


def test_after_five_failures_their_address_waits_even_with_the_right_password(identity, owner) -> None:  # type: ignore[no-untyped-def]
    assert codes(identity, WRONG, STRANGER) == ["bad_credentials"] * 5
    waiting = identity.refusal(RIGHT, STRANGER)
    assert waiting.code == "account_waits"
    assert 0 < int(str(waiting.params["retry_after"])) <= 900
    identity.clock.advance(timedelta(minutes=15, seconds=1))
    assert identity.run(RIGHT, STRANGER).access_token


def test_a_stranger_shuts_nobody_out_who_is_elsewhere(identity, owner) -> None:  # type: ignore[no-untyped-def]
    codes(identity, WRONG, STRANGER, 8)
    assert identity.run(RIGHT, HOME).access_token
    other = SignIn(username="nobody-at-all", password="wrong-password")
    assert codes(identity, other, HOME, 1) == ["bad_credentials"], "nor does one account hold up another"


def test_guesses_spread_over_many_addresses_are_stopped_and_the_owner_comes_in(identity, owner) -> None:  # type: ignore[no-untyped-def]
    device = identity.run(RIGHT, HOME).device_token
    guess_from_everywhere(identity)
    new_place = from_address("192.0.2.99")
    assert identity.refusal(WRONG, new_place).code == "work_required"
    assert identity.refusal(RIGHT, new_place).code == "work_required", "one guess more could be right"
    assert identity.run(RIGHT.model_copy(update={"device_token": device}), new_place).access_token
    assert identity.run(RIGHT, HOME).access_token, "the account was used from there before"
    identity.clock.advance(timedelta(days=1, seconds=1))
    assert identity.run(RIGHT, new_place).access_token


def test_past_the_guesses_of_strangers_the_owner_comes_by_work(identity, owner) -> None:  # type: ignore[no-untyped-def]
    guess_from_everywhere(identity)
    new_place = from_address("192.0.2.99")
    work = worked(identity.refusal(RIGHT, new_place))
    assert identity.refusal(with_work(WRONG, work), new_place).code == "bad_credentials", "each guess costs work"
    assert identity.refusal(with_work(RIGHT, work), new_place).code == "work_required", "which is good once"
    elsewhere = SignIn(username="nobody-at-all", password="wrong-password", work=work)
    assert identity.refusal(elsewhere, new_place).code == "bad_credentials", (
        "where nothing is in the way it is not spent"
    )
    assert identity.run(with_work(RIGHT, worked(identity.refusal(RIGHT, new_place))), new_place).access_token
    assert "work_required" in told(identity)


def test_who_goes_on_guessing_works_more_and_more_and_not_for_ever(identity, owner) -> None:  # type: ignore[no-untyped-def]
    device = identity.run(RIGHT, HOME).device_token
    guess_from_everywhere(identity)
    levels = []
    for number in range(2 * MANY):
        place = from_address(f"192.0.2.{number}")
        refusal = identity.refusal(WRONG, place)
        levels.append(refusal.params["challenge"]["parameters"]["data"]["level"])
        assert identity.refusal(with_work(WRONG, worked(refusal)), place).code == "bad_credentials"
    assert (levels[0], levels[MANY]) == (0, 1)
    assert levels == sorted(levels)
    assert identity.refusal(WRONG, from_address("192.0.2.99")).code == "account_waits"
    assert identity.run(RIGHT.model_copy(update={"device_token": device}), from_address("192.0.2.99")).access_token


def test_who_is_asked_for_work_and_does_none_fills_neither_the_trail_nor_the_counts(identity, owner) -> None:  # type: ignore[no-untyped-def]
    guess_from_everywhere(identity)
    before = len(identity.rows(select(password_failures)))
    for number in range(20):
        assert identity.refusal(WRONG, from_address(f"192.0.2.{number}")).code == "work_required"
    assert told(identity).count("work_required") == 1
    assert len(identity.rows(select(password_failures))) <= before + 2


def test_a_sign_in_with_work_whose_answer_was_lost_is_repeated_under_its_key(identity, owner) -> None:  # type: ignore[no-untyped-def]
    guess_from_everywhere(identity)
    place = from_address("192.0.2.99")
    refusal = identity.refusal(RIGHT, place, key="one-sign-in")
    with_it = with_work(RIGHT, worked(refusal))
    first, again = (identity.run(with_it, place, key="one-sign-in") for _ in range(2))
    assert first.refresh_token == again.refresh_token


def test_work_helps_nobody_who_guesses_from_one_address(identity, owner) -> None:  # type: ignore[no-untyped-def]
    guess_from_everywhere(identity)
    codes(identity, WRONG, STRANGER)
    for _ in range(5):
        refusal = identity.refusal(WRONG, STRANGER)
        identity.refusal(with_work(WRONG, worked(refusal)), STRANGER)
    assert identity.refusal(RIGHT, STRANGER).code == "account_waits"


def test_one_password_tried_at_many_accounts_is_stopped_by_its_address(identity, owner) -> None:  # type: ignore[no-untyped-def]
    """Whoever works behind the same address, or has a known device, comes in; the help desk lets in the others."""
    device = identity.run(RIGHT, HOME).device_token
    signed_in(identity, user(identity, "works.there"))
    colleague = SignIn(username="works.there", password=PASSWORD)
    identity.run(colleague, STRANGER)
    for number in range(MANY):
        assert codes(identity, SignIn(username=f"26320309{number:08}", password="woaini1314"), STRANGER, 1)
    assert identity.refusal(RIGHT, STRANGER).code == "account_waits"
    assert identity.run(colleague, STRANGER).access_token
    assert identity.run(RIGHT.model_copy(update={"device_token": device}), STRANGER).access_token
    assert identity.run(RIGHT, HOME).access_token
    identity.run(ForgiveFailedSignIns(user_ids=(owner.user.id,)), people.of_school())
    assert identity.run(RIGHT, STRANGER).access_token


def test_a_new_one_time_password_opens_at_once_while_others_go_on_guessing(identity, owner) -> None:  # type: ignore[no-untyped-def]
    codes(identity, WRONG, HOME)
    guess_from_everywhere(identity, MANY - 5)
    (issued,) = identity.run(IssueOneTimePasswords(user_ids=(owner.user.id,)), people.of_school()).items
    identity.clock.advance(timedelta(seconds=1))
    guess_from_everywhere(identity, MANY + 10)
    codes(identity, WRONG, HOME, MANY + 10)  # behind the same address, too
    once = SignIn(username="yl.zhao", password=issued.password)
    assert identity.run(once, HOME).access_token


def test_an_ipv6_client_is_at_home_in_all_of_its_network(identity, owner) -> None:  # type: ignore[no-untyped-def]
    assert identity.run(RIGHT, from_address("2001:db8:1:2::aaaa")).access_token
    guess_from_everywhere(identity)
    assert identity.refusal(RIGHT, from_address("2001:db8:1:3::aaaa")).code == "work_required"
    assert identity.run(RIGHT, from_address("2001:db8:1:2::bbbb")).access_token


def test_nobody_forgives_guesses_of_their_own(identity, owner) -> None:  # type: ignore[no-untyped-def]
    desk = people.of_school()
    mine = ForgiveFailedSignIns(user_ids=(desk.actor.user_id,))
    assert identity.refusal(mine, desk).code == "own_account"


def test_the_help_desk_lets_in_again_and_the_trail_says_so(identity, owner) -> None:  # type: ignore[no-untyped-def]
    codes(identity, WRONG, HOME)
    assert identity.refusal(RIGHT, HOME).code == "account_waits"
    desk = people.of_school()
    identity.run(ForgiveFailedSignIns(user_ids=(owner.user.id,)), desk)
    assert identity.run(RIGHT, HOME).access_token
    audit = identity.table("audit_entries")
    forgiven = select(audit.c.actor_id, audit.c.object_id).where(audit.c.action == "forgive_failed_sign_ins")
    assert [tuple(row) for row in identity.rows(forgiven)] == [(desk.actor.user_id, owner.user.id)]


def test_the_help_desk_also_lifts_what_was_guessed_from_everywhere(identity, owner) -> None:  # type: ignore[no-untyped-def]
    guess_from_everywhere(identity)
    new_place = from_address("192.0.2.99")
    assert identity.refusal(RIGHT, new_place).code == "work_required"
    identity.run(ForgiveFailedSignIns(user_ids=(owner.user.id,)), people.of_school())
    assert identity.run(RIGHT, new_place).access_token


def test_a_point_lets_in_its_own_users_only(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    stranger = user(identity, "stranger", point=there)
    command = ForgiveFailedSignIns(user_ids=(stranger.user.id,))
    assert identity.refusal(command, people.of_point(here.id)).code == "some_not_found"


def test_a_successful_sign_in_forgets_the_failures_of_its_address(identity, owner) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        assert codes(identity, WRONG, HOME, 4) == ["bad_credentials"] * 4
        assert identity.run(RIGHT, HOME).access_token


def test_many_guesses_at_once_get_no_more_than_five(identity, owner) -> None:  # type: ignore[no-untyped-def]
    with ThreadPoolExecutor(12) as pool:
        answered = list(pool.map(lambda _: identity.refusal(WRONG, STRANGER).code, range(12)))
    assert 0 < answered.count("bad_credentials") <= 5
    # Guesses come one after the other; on a slow machine some wait in vain for their turn.
    assert set(answered) <= {"bad_credentials", "account_waits", "command_in_progress"}


def test_names_that_nobody_has_are_counted_alike(identity: ServiceHarness) -> None:
    nobody = SignIn(username="no-such-user", password="wrong-password")
    assert codes(identity, nobody, STRANGER, 6) == ["bad_credentials"] * 5 + ["account_waits"]


def test_a_failed_sign_in_leaves_an_audit_row_with_its_address_and_no_name(identity, owner) -> None:  # type: ignore[no-untyped-def]
    """What was typed as a name may be a password."""
    typed = SignIn(username="hunter2-horse", password="another-secret")
    for command, who in ((WRONG, STRANGER), (typed, STRANGER), (typed, HOME)):
        identity.refusal(command, who)
    failed = trail(identity)
    assert [row.client for row in failed] == ["203.0.113.7", "203.0.113.7", "198.51.100.20"]
    assert failed[0].object_id == owner.user.id
    assert failed[0].object_id != failed[1].object_id == failed[2].object_id
    assert [row.after["known"] for row in failed] == [True, False, False]
    for table in identity.service.metadata.sorted_tables:
        for row in identity.rows(select(table)):
            assert not any(text in str(row) for text in ("hunter2", "another-secret", "wrong-password")), table.name


def test_the_trail_tells_each_reason_of_a_source_once_in_a_quarter_of_an_hour(identity, owner) -> None:  # type: ignore[no-untyped-def]
    """Whoever guesses must not fill it."""
    codes(identity, WRONG, STRANGER, 9)
    assert told(identity) == ["bad_credentials", "account_waits"]
    codes(identity, WRONG, HOME, 1)
    assert told(identity) == ["bad_credentials", "account_waits", "bad_credentials"]
    identity.clock.advance(timedelta(minutes=15, seconds=1))
    codes(identity, WRONG, STRANGER, 2)
    assert told(identity)[3:] == ["bad_credentials"]


def test_who_tries_names_without_end_fills_neither_the_trail_nor_the_counts(identity, owner) -> None:  # type: ignore[no-untyped-def]
    def names(start: int) -> None:
        for number in range(start, start + MANY):
            codes(identity, SignIn(username=f"26320309{number:08}", password="woaini1314"), STRANGER, 1)

    names(0)
    assert told(identity) == ["bad_credentials"] * MANY
    names(MANY)
    assert told(identity) == ["bad_credentials"] * MANY + ["account_waits"]
    kept = len(identity.rows(select(password_failures.c.count)))
    names(2 * MANY)
    assert len(identity.rows(select(password_failures.c.count))) == kept
    assert len(trail(identity)) == MANY + 1


def test_who_knows_the_password_and_is_shut_out_is_in_the_trail(identity: ServiceHarness) -> None:
    here = teaching_point(identity)
    someone, waiting = user(identity, "someone", point=here), user(identity, "waiting")
    signed_in(identity, someone)
    sign_in = SignIn(username="someone", password=PASSWORD)
    seen = identity.ask(GetUser(user_id=someone.user.id), people.of_school())
    disabled = identity.run(DisableUser(user_id=seen.id, version=seen.version), people.of_school())
    assert codes(identity, sign_in, HOME, 2) == ["account_disabled"] * 2
    identity.run(EnableUser(user_id=seen.id, version=disabled.version), people.of_school())
    identity.run(DisableTeachingPoint(teaching_point_id=here.id, version=here.version), people.of_school())
    assert codes(identity, sign_in, HOME, 2) == ["teaching_point_disabled"] * 2
    identity.clock.advance(timedelta(days=8))
    once = SignIn(username="waiting", password=waiting.one_time_password.password)
    assert codes(identity, once, HOME, 2) == ["one_time_password_expired"] * 2
    assert told(identity) == ["account_disabled", "teaching_point_disabled", "one_time_password_expired"]
    assert [row.object_id for row in trail(identity)] == [someone.user.id, someone.user.id, waiting.user.id]
    assert {row.client for row in trail(identity)} == {"198.51.100.20"}


def test_a_name_that_nobody_has_costs_as_many_statements_as_one_that_somebody_has(identity, owner) -> None:  # type: ignore[no-untyped-def]
    counts = []
    for name in ("yl.zhao", "no-such-user"):
        with counted_statements(identity) as count:
            codes(identity, SignIn(username=name, password="wrong-password"), STRANGER, 1)
        counts.append(count.statements)
    assert counts[0] == counts[1]


def test_guesses_at_the_current_password_hold_up_their_session_only(identity, owner) -> None:  # type: ignore[no-untyped-def]
    def change(current: str) -> ChangePassword:
        return ChangePassword(current_password=current, new_password="another-horse", confirmation="another-horse")

    def of_session() -> Any:
        me = acting(user_id=owner.user.id, scope="own", ids=[owner.user.id])
        return replace(me, actor=replace(me.actor, session_id=new_id()))

    thief, mine = of_session(), of_session()
    codes(identity, WRONG, STRANGER)
    for _ in range(5):
        assert identity.refusal(change("guess"), thief).code == "wrong_current_password"
    assert identity.refusal(change(PASSWORD), thief).code == "account_waits"
    assert told(identity, "password_change_failed") == ["wrong_current_password", "account_waits"]
    changed: SessionTokens = identity.run(change(PASSWORD), mine)
    assert changed.device_token, "the device is known from now on"


def test_an_ipv6_client_has_one_count_for_all_its_addresses(identity, owner) -> None:  # type: ignore[no-untyped-def]
    answered = [identity.refusal(WRONG, from_address(f"2001:db8:1:2::{n:x}")).code for n in range(1, 8)]
    assert answered == ["bad_credentials"] * 5 + ["account_waits"] * 2
    assert identity.refusal(WRONG, from_address("2001:db8:1:3::1")).code == "bad_credentials"


def test_failures_that_count_no_more_are_forgotten(identity, owner) -> None:  # type: ignore[no-untyped-def]
    codes(identity, WRONG, STRANGER)
    identity.clock.advance(timedelta(days=1, hours=1))
    identity.run_due_jobs()
    assert identity.rows(select(password_failures)) == []
