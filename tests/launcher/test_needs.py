"""What is installed for which command, and that nothing is where it is there."""

import pytest

from launcher import needs, packages
from launcher.needs import BROWSERS, CARD_READER, FONTS, OWN_TEST_SERVERS, POSTGRES, RABBITMQ, Need

HERE = Need("here", "what is here", lambda: True)
ONE = Need("one", "the first", lambda: False)
OTHER = Need("other", "the second", lambda: False)


@pytest.mark.parametrize(
    ("command", "variables", "wanted"),
    [
        ("up", {}, [POSTGRES, RABBITMQ, *FONTS]),
        ("up", {"JIAOWU_POSTGRES_URL": "postgresql://…"}, [RABBITMQ, *FONTS]),
        ("up", {"JIAOWU_POSTGRES_URL": "postgresql://…", "JIAOWU_AMQP_URL": "amqp://…"}, list(FONTS)),
        ("test", {}, [POSTGRES, RABBITMQ, *FONTS, *BROWSERS, *CARD_READER]),
        ("test", dict.fromkeys(OWN_TEST_SERVERS, "…"), [*FONTS, *BROWSERS, *CARD_READER]),
        ("test", dict.fromkeys(OWN_TEST_SERVERS[:2], "…"), [POSTGRES, RABBITMQ, *FONTS, *BROWSERS, *CARD_READER]),
        ("upgrade", {}, list(FONTS)),
        ("bench", {}, [POSTGRES, RABBITMQ]),
        ("pictures", {}, [POSTGRES, RABBITMQ, *FONTS, *BROWSERS]),
        ("migration", {}, [POSTGRES, RABBITMQ]),
        ("lint", {}, []),
        (None, {}, []),
    ],
)
def test_a_command_gets_the_servers_that_it_starts_itself(command, variables, wanted):
    assert needs.of_command(command, variables) == wanted


def test_what_is_missing_is_installed_in_one_go_and_named(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(packages, "installation", lambda *asked_for: lambda: asked.append(asked_for))
    (work,) = needs.installing([HERE, ONE, OTHER], tmp_path / "log")
    assert work.title == "Installing the first, the second"
    needs.install([HERE, ONE, OTHER], tmp_path / "log")
    assert asked == [(["one", "other"], "the first, the second", tmp_path / "log")]


def test_where_all_is_there_nothing_is_installed_and_nothing_asked(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(packages, "installation", lambda *_: pytest.fail("nothing is missing"))
    needs.install([HERE], tmp_path / "log")
    assert capfd.readouterr().err == ""
