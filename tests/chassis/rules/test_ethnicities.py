"""Ethnic groups by name and code."""

from __future__ import annotations

import pytest

from chassis.rules.ethnicities import ETHNICITIES, ethnicity_code


def test_the_table_of_ethnic_groups_has_all_56_and_the_two_others() -> None:
    assert len(ETHNICITIES) == 58
    assert (ETHNICITIES["01"], ETHNICITIES["46"], ETHNICITIES["56"]) == ("汉", "德昂", "基诺")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("汉族", "01"),
        ("汉", "01"),
        ("01", "01"),
        ("1", "01"),
        ("基诺族", "56"),
        ("其他", "97"),
        ("57", None),
        ("火星族", None),
    ],
)
def test_an_ethnic_group_is_given_by_name_or_code(text: str, code: str | None) -> None:
    assert ethnicity_code(text) == code
