"""Where there is no `./jiaowu`, a job's container proves trails and erases old entries."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.provisioning import trail
from chassis.testing.harness import ServiceHarness
from tests.chassis.example import Example
from tests.chassis.work.trails import burglar, chain, head, tamper


@pytest.fixture(autouse=True)
def found(example: ServiceHarness, monkeypatch: Any) -> None:
    """The job finds the example service on its database."""
    url = example.admin_url.render_as_string(hide_password=False)
    monkeypatch.setattr(trail, "_url", lambda service: url)
    monkeypatch.setitem(sys.modules, "services.example.service", SimpleNamespace(SERVICE=Example))


def test_it_says_of_each_service_whether_its_trail_is_sound(example: ServiceHarness, capsys: Any) -> None:
    [[entry, _]] = chain(example, 2)
    assert trail.main(["verify", "services.example.service"]) == 0
    assert capsys.readouterr().out == "example: sound (2 entries, 1 blocks, 0 waiting, 0 heads)\n"
    tamper(example, "DELETE FROM audit_entries WHERE id = :entry", entry=entry)
    assert trail.main(["verify", "services.example.service"]) == 1
    first, found = capsys.readouterr().out.splitlines()
    assert first.startswith("example: 1 entry_missing (")
    assert f"entry_missing block=1 entry={entry} at=" in found


def test_it_compares_with_exports(example: ServiceHarness, capsys: Any, tmp_path: Path) -> None:
    chain(example, 1)
    newest = head(example)
    file = tmp_path / "example.jsonl"
    line = '{{"service": "example", "sequence": 2, "hash": "{}", "made_at": "{}"}}'
    file.write_text(line.format(newest.hash.hex(), newest.made_at.isoformat()))
    assert trail.main(["verify", "services.example.service", "--heads", str(file)]) == 1
    assert "1 chain_cut_short" in capsys.readouterr().out


def test_it_erases_what_is_old_enough(example: ServiceHarness, capsys: Any) -> None:
    chain(example, 2)
    with burglar(example) as connection:
        connection.exec_driver_sql("UPDATE audit_blocks SET made_at = made_at - interval '1 year'")
    day = (example.clock.now() - timedelta(days=200)).date().isoformat()
    assert trail.main(["erase", "services.example.service", "--before", day]) == 0
    assert capsys.readouterr().out == "example: 2 erased\n"


@pytest.mark.parametrize(("arguments", "said"), [([], "--before says"), (["--before", "2999-01-01"], "at least 183")])
def test_it_refuses_what_makes_no_sense(capsys: Any, arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit):
        trail.main(["erase", "services.example.service", *arguments])
    assert said in capsys.readouterr().err
