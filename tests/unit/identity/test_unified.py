"""How long a start is good, where people come back to, whose own password still counts."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from contracts.permissions import Role
from services.identity.domain.unified import against_finish, local_sign_in_usual, safe_path, with_query

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "path", ["/", "/registry/students?search=张三&size=50", "/my/bills?next=%2F%25", "/finance/bills/1#payments"]
)
def test_people_come_back_to_the_page_that_they_wanted(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        *(None, "", "registry", "https://evil.example", "//evil.example", "https:evil", "/\\evil.example", "\\/evil"),
        *("/a\r\nLocation: https://evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "/a\\b"),
        *("javascript:alert(1)", "/\u2028/evil.example", "/\x00", "/sign-in/unified?code=1"),
    ],
)
def test_what_a_browser_might_take_for_another_site_means_the_home_page(elsewhere: str | None) -> None:
    assert safe_path(elsewhere) == "/"


@pytest.mark.parametrize(
    ("age", "finished", "same_browser", "code"),
    [
        (0 * MINUTE, False, True, None),
        (10 * MINUTE, False, True, None),
        (10 * MINUTE + timedelta(seconds=1), False, True, "sign_in_too_late"),
        (11 * MINUTE, True, False, "sign_in_too_late"),
        (MINUTE, False, False, "sign_in_elsewhere"),
        (MINUTE, True, False, "sign_in_elsewhere"),
        (MINUTE, True, True, "sign_in_finished"),
    ],
)
def test_a_start_is_finished_in_ten_minutes_where_it_was_begun_and_once(
    age: timedelta, finished: bool, same_browser: bool, code: str | None
) -> None:
    reason = against_finish(NOW - age, NOW if finished else None, same_browser=same_browser, now=NOW)
    assert (reason and reason.code) == code


@pytest.mark.parametrize(
    ("roles", "local"),
    [
        ([Role.SYSTEM_ADMIN], True),
        ([Role.STUDENT], True),
        ([Role.SCHOOL_REGISTRAR, Role.SYSTEM_ADMIN], True),
        ([Role.SCHOOL_REGISTRAR], False),
        ([Role.TEACHING_POINT_ADMIN, Role.ACADEMIC_TUTOR], False),
        ([], False),
    ],
)
def test_the_own_password_goes_on_opening_accounts_of_system_administrators_and_students(
    roles: list[Role], local: bool
) -> None:
    assert local_sign_in_usual(roles) is local


@pytest.mark.parametrize("value", ["a&b=c", "x?y", "100%", "%26", "a+b c", "张三", "#top", "/a/b", "=&?%"])
def test_whatever_stands_in_a_query_is_encoded_once(value: str) -> None:
    address = with_query("https://sso.example/login", service=value, last="1")
    assert parse_qs(urlsplit(address).query) == {"service": [value], "last": ["1"]}
    assert address.isascii()
    assert urlsplit(with_query("https://sso.example/a?b=1", c="2")).query == "b=1&c=2"
