"""Reasons: raised for a whole command, told of one row, kept by a row and told again."""

from __future__ import annotations

import pytest

from chassis.work.reasons import Reason, refusal, refusals, refuse
from contracts.errors import ServiceError

CLOSED = Reason("step_not_allowed", {"state": "已取消", "action": "缴费"})


def test_a_reason_is_raised_with_its_evidence_and_none_is_not() -> None:
    refuse(None)
    with pytest.raises(ServiceError) as raised:
        refuse(CLOSED)
    assert (raised.value.code, raised.value.params) == (CLOSED.code, CLOSED.params)


def test_a_reason_is_told_in_the_language_of_who_reads_it() -> None:
    assert refusal(None, "zh") is None
    chinese, english = refusal(CLOSED, "zh"), refusal(CLOSED, "en")
    assert chinese is not None
    assert english is not None
    assert (chinese.code, chinese.params) == (CLOSED.code, CLOSED.params)
    assert "已取消" in chinese.message
    assert "已取消" in english.message
    assert chinese.message != english.message
    assert refusals([CLOSED, Reason("not_found")], "zh") == (chinese, refusal(Reason("not_found"), "zh"))


def test_what_a_row_keeps_is_the_same_reason_again() -> None:
    assert Reason.of_row(CLOSED.for_row) == CLOSED
    assert Reason.of_row(None) is None
    # What a failed task keeps is the error itself, with the fields that it names.
    assert Reason.of_row(CLOSED.error.to_wire()) == CLOSED
