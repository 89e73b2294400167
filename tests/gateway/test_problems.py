"""Refusals as documents: what their fields are called."""

import orjson
import pytest

from chassis.base.ids import new_id
from contracts.courses.commands import SelectCourses
from contracts.errors import FieldError, Language, ServiceError
from gateway.problems import problem


@pytest.mark.parametrize(("language", "title"), [("zh", "课程"), ("en", "Courses")])
def test_a_field_that_is_wrong_is_called_by_its_word(language: Language, title: str) -> None:
    wrong = ServiceError("validation_failed", [FieldError("course_ids.3", "field_bad_format")])
    (error,) = orjson.loads(problem(wrong, language, new_id(), SelectCourses).body)["errors"]
    assert (error["path"], error["title"]) == ("course_ids.3", title)


def test_what_is_no_field_of_the_contract_has_no_title() -> None:
    wrong = ServiceError("validation_failed", [FieldError("somewhere.else", "field_bad_format")])
    for operation in (SelectCourses, None):
        (error,) = orjson.loads(problem(wrong, "zh", new_id(), operation).body)["errors"]
        assert "title" not in error


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("zh", "当前状态（待缴费）下不能进行“取消”操作，请刷新后查看最新状态。"),
        ("en", "“Cancel” is not possible in the state “Waiting for payment”. Reload to see where it stands."),
    ],
)
def test_a_refusal_is_told_in_words_and_no_names_of_the_code(language: Language, detail: str) -> None:
    refused = ServiceError("step_not_allowed", workflow="selection", state="pending_payment", action="cancel")
    assert orjson.loads(problem(refused, language, new_id()).body)["detail"] == detail
