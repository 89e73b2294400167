"""What refusals say to people: sentences with words in them, never a name of the code."""

import re
from collections.abc import Iterator
from enum import StrEnum

import pytest

from contracts.common import Refusal
from contracts.errors import Named, catalogue, placeholders
from contracts.exams.states import RegistrationState
from contracts.permissions import Role
from contracts.sentences import describe
from contracts.types import EducationLevel, EnrolmentStatus, FeeKind
from contracts.words import MEMBERS, states, things
from tests.contract.test_words import WORKFLOWS

NAME_OF_CODE = re.compile(r"[a-z]+_[a-z_]+")

# Params that a sentence shows as they are, and why they are no names of the code.
SHOWN_AS_IT_IS = {
    "closes_at ends_at grace_until opens_at": "instants, as people write them",
    "earliest on today": "days",
    "course_code exam_round_code other_course_code programme_code round_code": "codes that people gave",
    "teaching_point_unknown.code": "a code that people gave",
    "name session": "names that people gave",
    "from_intake": "an intake, as people write it",
    "beginning": "the beginning of a number, as it stands",
    "characters": "code points of characters that can not be shown",
    "age youngest": "years",
    "count decimal_places files limit max_length min_length minutes retry_after row seconds": "numbers",
    "current_term days kilobytes pixels suggested_term version_number width": "numbers",
    "received_amount_differs.expected received": "yuan",
    "cell_is_error.error": "an error's name, as Excel shows it",
    "cell_shown_otherwise.format": "a cell's number format, as Excel shows it",
    "workbook_columns_doubled.columns workbook_columns_hidden.columns workbook_columns_missing.columns": "titles in a"
    " workbook",
    "file_type_not_allowed.allowed": "kinds of files, as people call them",
    # Only whoever writes a program can bring these about, and it has to send what stands here.
    "unsupported_media_type.expected": "media types",
    "method_not_allowed.allowed": "methods of HTTP",
    "export_column_unknown.columns export_column_unknown.allowed": "names of fields, as they have to be sent",
    "sort_not_supported.allowed field_not_a_choice.expected field_wrong_type.expected": "what a program has to send",
}


def shown() -> Iterator[tuple[str, str]]:
    """Code and param of each place in a sentence that no word is put into."""
    for code, text in catalogue().items():
        yield from ((code, name) for name in placeholders(text.zh) - text.told.keys())


def test_every_param_has_a_word_or_is_no_name_of_the_code() -> None:
    known = {each for listed in SHOWN_AS_IT_IS for each in listed.split()}
    assert [pair for pair in shown() if pair[1] not in known and ".".join(pair) not in known] == []
    assert known - {name for _, name in shown()} - {".".join(pair) for pair in shown()} == set()


def test_what_is_told_by_a_word_is_in_the_sentence() -> None:
    for code, text in catalogue().items():
        assert text.told.keys() <= placeholders(text.zh), code


def test_every_member_that_a_sentence_may_name_is_called_by_its_word() -> None:
    told = [(code, name, whose) for code, text in catalogue().items() for name, whose in text.told.items()]
    listed = [(code, name, whose) for code, name, whose in told if isinstance(whose, type)]
    assert len(listed) > 8
    for code, name, whose in listed:
        for member in whose:
            zh, en = MEMBERS[whose.__name__][member.value]
            assert zh in describe(code, {name: member})
            assert en in describe(code, {name: member.value}, "en")
            assert not re.search(rf"\b{member.value}\b", describe(code, {name: member}))


def test_a_step_that_is_not_allowed_is_told_by_words_for_every_state_and_action() -> None:
    assert {each.name: type(each.initial).__name__ for each in WORKFLOWS} == states.WORKFLOWS
    for flow in WORKFLOWS:
        for state in flow.states:
            for action in flow.actions:
                params = {"workflow": flow.name, "state": state, "action": action}
                assert not re.search("[A-Za-z]", describe("step_not_allowed", params))
                assert not NAME_OF_CODE.search(describe("step_not_allowed", params, "en"))


def test_one_state_or_action_is_called_as_its_workflow_calls_it() -> None:
    held = {"workflow": "registration", "state": RegistrationState.SUSPENDED, "action": "release"}
    assert describe("step_not_allowed", held).startswith("当前状态（已暂停）下不能进行“恢复”操作")
    assert describe("student_not_active", {"status": EnrolmentStatus.SUSPENDED}).startswith("学生当前学籍状态为“休学”")
    unpaid = {"workflow": "bill", "state": "unpaid", "action": "release"}
    assert describe("step_not_allowed", unpaid, "en").startswith(
        "“Back to unpaid” is not possible in the state “Unpaid”"
    )
    twice = {"workflow": "exam_round", "state": "arrangement_published", "action": "publish_arrangement"}
    assert describe("step_not_allowed", twice).startswith("当前状态（考场编排已发布）下不能进行“发布考场编排”操作")


@pytest.mark.parametrize("service", things.SERVICES)
def test_a_service_that_is_away_is_called_as_people_know_it(service: str) -> None:
    assert describe("service_unavailable", {"service": service}).startswith(f"{things.SERVICES[service][0]}服务")
    assert service not in describe("service_unavailable", {"service": service})


def test_a_list_is_told_word_by_word() -> None:
    levels = {"education_levels": [EducationLevel.UNDERGRADUATE, "junior_college"], "on": "2026-09-01"}
    assert describe("credit_fee_standard_missing", levels).startswith("本科、专科 在 2026-09-01")
    assert "Undergraduate, Junior college" in describe("credit_fee_standard_missing", levels, "en")
    assert "（证件号码、手机号码）" in describe("filter_not_supported", {"columns": ["id_number", "mobile"]})


def test_a_refusal_keeps_the_names_of_the_code_for_programs_and_says_words() -> None:
    refusal = Refusal.of("fee_standard_missing", "zh", kind=FeeKind.CREDIT, on="2026-09-01")
    assert refusal.model_dump(mode="json")["params"] == {"kind": "credit", "on": "2026-09-01"}
    assert refusal.message.startswith("2026-09-01 没有适用的收费标准（学分费）")


def test_what_has_no_word_or_is_missing_never_turns_a_refusal_into_a_failure() -> None:
    assert "old_role" in describe("role_not_grantable", {"role": "old_role"})
    assert "—" in describe("step_not_allowed", {})
    assert "“—”" in describe("resit_not_needed", {"state": None})
    assert describe("no_such_code", {}) == describe("internal_error", {})


def test_a_sentence_needs_the_workflow_where_it_names_a_state_or_an_action() -> None:
    assert catalogue()["step_not_allowed"].params == {"workflow", "state", "action"}
    assert catalogue()["role_not_grantable"].params == {"role"}
    assert set(catalogue()["role_not_grantable"].told.values()) == {Role}
    assert all(
        isinstance(each, Named) or issubclass(each, StrEnum) for t in catalogue().values() for each in t.told.values()
    )
