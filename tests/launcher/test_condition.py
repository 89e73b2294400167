"""What `./jiaowu status` finds and with which code it ends."""

import pytest
from typer.testing import CliRunner

from chassis.messages.backlog import Backlog
from launcher import status_view
from launcher.cli import app
from launcher.cli import run as commands
from launcher.condition import MEANING, Condition, Finding, worst
from launcher.looking import of_backlog


def test_every_condition_has_a_code_of_its_own_and_a_meaning():
    assert set(MEANING) == set(Condition)
    assert Condition.WELL == 0
    # 1 is what a failure of the command itself ends with, 2 a wrong use of it.
    assert not {1, 2} & {int(each) for each in Condition}


def test_the_most_serious_of_several_is_given():
    late, aside, away = (Finding(each, "") for each in (Condition.LATE, Condition.PUT_ASIDE, Condition.OUT_OF_REACH))
    assert worst([late, away, aside]) is Condition.OUT_OF_REACH
    assert worst([late, aside]) is Condition.PUT_ASIDE
    assert worst([late]) is Condition.LATE
    assert worst([]) is Condition.WELL


@pytest.mark.parametrize(
    ("backlog", "condition", "says"),
    [
        (Backlog(), None, ""),
        (Backlog(outbox=4000, outbox_oldest=30, kept={"waiting": 3}, waiting_oldest=600), None, ""),
        (Backlog(kept={"dead": 2}), Condition.PUT_ASIDE, "finance: 2 events could not be handled; ./jiaowu dead list"),
        (
            Backlog(kept={"waiting": 1}, waiting_oldest=1200),
            Condition.LATE,
            "finance: an event has waited 20 min for what it needs; ./jiaowu dead list --waiting",
        ),
        (
            Backlog(outbox=7, outbox_oldest=3000),
            Condition.LATE,
            "finance: 7 events are not sent, the oldest for 50 min",
        ),
    ],
)
def test_a_backlog_is_told_of_when_it_is_for_a_person_or_too_old(backlog, condition, says):
    found = of_backlog("finance", backlog)
    assert [(each.condition, each.says) for each in found] == ([(condition, says)] if condition else [])


@pytest.mark.parametrize("condition", list(Condition))
def test_the_command_ends_with_the_code(monkeypatch, condition):
    monkeypatch.setattr(commands, "Installation", lambda: None)
    monkeypatch.setattr(status_view, "show", lambda _: condition)
    assert CliRunner().invoke(app, ["status"]).exit_code == condition.value


def test_the_help_names_all_codes():
    said = " ".join(CliRunner().invoke(app, ["status", "--help"], env={"COLUMNS": "200"}).output.split())
    for code, meaning in MEANING.items():
        assert f"{code.value} {meaning}" in said
