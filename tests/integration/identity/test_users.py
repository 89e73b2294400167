"""Teaching points, their users, and students' accounts made by event."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from sqlalchemy import select

from chassis.testing.harness import ServiceHarness, acting
from contracts.errors import ServiceError
from contracts.identity.commands import (
    CreateTeachingPoint,
    CreateUser,
    DisableTeachingPoint,
    DisableUser,
    EnableTeachingPoint,
    EnableUser,
    ForgiveFailedSignIns,
    IssueOneTimePasswords,
    RemoveUser,
    RenameTeachingPoint,
    UpdatePointInformation,
    UpdateUser,
)
from contracts.identity.events import AccessRevoked, TeachingPointState
from contracts.identity.queries import GetTeachingPoint, GetUser, ListTeachingPoints, ListUsers
from contracts.permissions import Role
from contracts.registry.events import StudentState
from contracts.types import EnrolmentStatus
from services.identity.steps.student_accounts import NO_ACCOUNT
from tests.builders import people
from tests.builders.identity import student_item as student
from tests.builders.identity import teaching_point, user


def test_a_point_is_made_renamed_disabled_and_enabled_and_others_hear_of_it(identity: ServiceHarness) -> None:
    def heard() -> tuple[int, str, str]:
        item = identity.published(TeachingPointState)[-1].items[-1]
        return item.version, item.name, item.status

    point = teaching_point(identity)
    assert heard() == (1, "云龙教学点", "enabled")
    rename = RenameTeachingPoint(teaching_point_id=point.id, version=1, name="新名教学点")
    renamed = identity.run(rename, people.of_school())
    assert [former.name for former in renamed.former_names] == ["云龙教学点"]
    assert heard() == (2, "新名教学点", "enabled")
    disabled = identity.run(
        DisableTeachingPoint(teaching_point_id=point.id, version=renamed.version), people.of_school()
    )
    assert heard() == (3, "新名教学点", "disabled")
    enabled = identity.run(
        EnableTeachingPoint(teaching_point_id=point.id, version=disabled.version), people.of_school()
    )
    assert heard() == (4, "新名教学点", "enabled")
    assert enabled.status == "enabled"


def test_a_merged_point_is_found_by_its_name_and_says_where_it_went(identity: ServiceHarness) -> None:
    gone, stays = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    command = DisableTeachingPoint(teaching_point_id=gone.id, version=1, merged_into_id=stays.id)
    merged = identity.run(command, people.of_school())
    assert [(f.kind, f.merged_into_id) for f in merged.former_names] == [("merged", stays.id)]
    itself = DisableTeachingPoint(teaching_point_id=stays.id, version=1, merged_into_id=stays.id)
    assert identity.refusal(itself, people.of_school()).code == "not_found"


def test_former_names_are_found_too(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    identity.run(RenameTeachingPoint(teaching_point_id=point.id, version=1, name="新名"), people.of_school())
    assert identity.ask(ListTeachingPoints(search="云龙"), people.of_school()).total == 1


def test_a_code_is_given_once(identity: ServiceHarness) -> None:
    teaching_point(identity)
    again = CreateTeachingPoint(code="3203", name="又一个")
    assert identity.refusal(again, people.of_school()).code == "teaching_point_code_taken"


def test_a_point_edits_its_own_information_and_another_looks_missing(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    fields = {"version": 1, "information": {"recruiters": ["王老师"], "phones": ["0516-83500000"]}}
    own = UpdatePointInformation.model_validate({**fields, "teaching_point_id": here.id})
    assert identity.run(own, people.of_point(here.id)).information.recruiters == ("王老师",)
    foreign = UpdatePointInformation.model_validate({**fields, "teaching_point_id": there.id})
    assert identity.refusal(foreign, people.of_point(here.id)).code == "not_found"
    assert identity.refusal(GetTeachingPoint(teaching_point_id=there.id), people.of_point(here.id)).code == "not_found"
    assert identity.ask(ListTeachingPoints(), people.of_point(here.id)).total == 1


def test_coordinates_of_a_chinese_map_are_kept_and_told_as_those_of_gps(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    address = {
        "city": "上海市",
        "longitude": 121.531541859215,
        "latitude": 31.17530398364597,
        "coordinates_of": "gcj02",
    }
    information = {"address": address, "phones": ["021-12345678"], "recruiters": ["王老师"]}
    edit = UpdatePointInformation.model_validate(
        {"teaching_point_id": point.id, "version": 1, "information": information}
    )
    kept = identity.run(edit, people.of_point(point.id)).information.address
    assert (kept.longitude, kept.latitude) == pytest.approx((121.5272106, 31.1774276), abs=5e-6)
    [*_, told] = identity.published(TeachingPointState)
    [item] = told.items
    assert (item.city, item.longitude, item.phones) == ("上海市", kept.longitude, ("021-12345678",))
    assert "王老师" not in item.model_dump_json()


def test_a_point_administrator_adds_users_of_the_own_point_with_its_roles(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    fields = {"username": "staff", "name": "周五", "roles": [{"role": "teaching_point_staff", "modules": ["courses"]}]}
    made = identity.run(CreateUser.model_validate(fields), people.of_point(here.id))
    assert made.user.teaching_point_id == here.id
    school = CreateUser.model_validate({**fields, "username": "staff2", "roles": [{"role": "school_finance"}]})
    assert identity.refusal(school, people.of_point(here.id)).code == "role_not_grantable"
    foreign = CreateUser.model_validate({**fields, "username": "staff3", "teaching_point_id": there.id})
    assert identity.refusal(foreign, people.of_point(here.id)).code == "not_found"
    assert identity.ask(ListUsers(), people.of_point(there.id)).total == 0
    assert identity.refusal(GetUser(user_id=made.user.id), people.of_point(there.id)).code == "not_found"


def test_usernames_are_unique_whatever_their_case(identity: ServiceHarness) -> None:
    user(identity, "same")
    again = CreateUser.model_validate({"username": "SAME", "name": "吴六", "roles": [{"role": "school_exams"}]})
    assert identity.refusal(again, people.of_school()).code == "username_taken"


def test_who_never_signed_in_is_erased_and_nobody_removes_oneself(identity: ServiceHarness) -> None:
    created = user(identity)
    removed = identity.run(RemoveUser(user_id=created.user.id, version=created.user.version), people.of_school())
    assert removed.erased
    assert identity.refusal(GetUser(user_id=created.user.id), people.of_school()).code == "not_found"
    me = user(identity, "myself")
    myself = acting(user_id=me.user.id)
    assert identity.refusal(RemoveUser(user_id=me.user.id, version=me.user.version), myself).code == "own_account"


def test_a_student_has_an_account_that_follows_the_record(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    enrolled = student(here.id)
    identity.feed(StudentState, enrolled)
    (account,) = identity.ask(ListUsers(role=Role.STUDENT), people.of_school()).items
    assert (account.username, account.teaching_point_id, account.status) == (
        enrolled.student_number,
        here.id,
        "enabled",
    )
    moved = enrolled.model_copy(update={"version": 2, "teaching_point_id": there.id})
    identity.feed(StudentState, moved)
    assert identity.ask(ListUsers(), people.of_point(here.id)).total == 0
    assert identity.ask(ListUsers(), people.of_point(there.id)).total == 1
    assert identity.published(AccessRevoked)[-1].revocations[0].user_id == account.id
    identity.feed(StudentState, moved.model_copy(update={"version": 3, "status": EnrolmentStatus.LEFT}))
    assert identity.ask(GetUser(user_id=account.id), people.of_school()).status == "disabled"


def test_an_older_state_of_a_student_changes_nothing(identity: ServiceHarness) -> None:
    here = teaching_point(identity)
    enrolled = student(here.id, version=5, name="新名")
    identity.feed(StudentState, enrolled)
    identity.feed(StudentState, enrolled.model_copy(update={"version": 4, "name": "旧名"}))
    identity.feed(StudentState, enrolled)
    (account,) = identity.ask(ListUsers(role=Role.STUDENT), people.of_school()).items
    assert account.name == "新名"
    assert len(identity.rows(select(identity.table("user_roles")))) == 1


def test_a_students_account_is_changed_in_the_record_only(identity: ServiceHarness) -> None:
    here = teaching_point(identity)
    identity.feed(StudentState, student(here.id))
    (account,) = identity.ask(ListUsers(role=Role.STUDENT), people.of_school()).items
    change = UpdateUser.model_validate(
        {"user_id": account.id, "version": account.version, "name": "改名", "roles": [{"role": "school_finance"}]}
    )
    assert identity.refusal(change, people.of_school()).code == "from_record"
    assert (
        identity.refusal(RemoveUser(user_id=account.id, version=account.version), people.of_school()).code
        == "from_record"
    )


@pytest.mark.parametrize("status", sorted(NO_ACCOUNT))
def test_nobody_enables_the_account_of_who_is_no_student_any_more(
    identity: ServiceHarness, status: EnrolmentStatus
) -> None:
    """The record decides: a point may not, and the school may not."""
    point = teaching_point(identity)
    item = student(point.id)
    identity.feed(StudentState, item)
    identity.feed(StudentState, item.model_copy(update={"status": status, "version": 2}))
    (account,) = identity.ask(ListUsers(search=item.student_number), people.of_school()).items
    assert account.status == "disabled"
    enable = EnableUser(user_id=account.id, version=account.version)
    for who in (people.of_point(point.id), people.of_school()):
        assert identity.refusal(enable, who).code == "from_record"
    identity.feed(StudentState, item.model_copy(update={"version": 3}))
    assert identity.ask(GetUser(user_id=account.id), people.of_point(point.id)).status == "enabled"


def test_a_point_enables_a_student_whom_it_disabled(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    item = student(point.id)
    identity.feed(StudentState, item)
    (account,) = identity.ask(ListUsers(search=item.student_number), people.of_school()).items
    disabled = identity.run(DisableUser(user_id=account.id, version=account.version), people.of_point(point.id))
    enabled = identity.run(EnableUser(user_id=account.id, version=disabled.version), people.of_point(point.id))
    assert enabled.status == "enabled"


def test_who_leaves_while_the_point_enables_the_account_stays_out(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    item = student(point.id)
    identity.feed(StudentState, item)
    (account,) = identity.ask(ListUsers(search=item.student_number), people.of_school()).items
    disabled = identity.run(DisableUser(user_id=account.id, version=account.version), people.of_point(point.id))
    left = item.model_copy(update={"status": EnrolmentStatus.LEFT, "version": 2})
    together = Barrier(2)

    def enable() -> None:
        together.wait()
        with suppress(ServiceError):
            identity.run(EnableUser(user_id=account.id, version=disabled.version), people.of_point(point.id))

    with ThreadPoolExecutor(1) as pool:
        enabling = pool.submit(enable)
        together.wait()
        identity.feed(StudentState, left)
        enabling.result()
    assert identity.ask(GetUser(user_id=account.id), people.of_school()).status == "disabled"


def test_another_points_administrator_finds_none_of_these_users(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    whom = user(identity, point=here).user
    stranger = people.of_point(there.id)
    named = {"user_id": whom.id, "version": whom.version}
    fields = {"name": "钱二", "roles": [{"role": "teaching_point_admin"}]}
    for operation in (
        GetUser(user_id=whom.id),
        UpdateUser.model_validate({**named, **fields}),
        RemoveUser.model_validate(named),
        DisableUser.model_validate(named),
        EnableUser.model_validate(named),
    ):
        assert identity.refusal(operation, stranger).code == "not_found", type(operation).__name__
    for operation in (IssueOneTimePasswords(user_ids=(whom.id,)), ForgiveFailedSignIns(user_ids=(whom.id,))):
        assert identity.refusal(operation, stranger).code == "some_not_found", type(operation).__name__
    school_role = {**fields, "username": "new.user", "roles": [{"role": "school_finance"}]}
    assert identity.refusal(CreateUser.model_validate(school_role), stranger).code == "role_not_grantable"
    elsewhere = {**fields, "username": "new.user", "teaching_point_id": here.id}
    assert identity.refusal(CreateUser.model_validate(elsewhere), stranger).code == "not_found"
