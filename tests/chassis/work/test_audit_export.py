"""A file a day says how far the trail is sealed; carried elsewhere, it proves what the server can't any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from chassis.base.context import system_context
from chassis.testing.harness import ServiceHarness
from chassis.work import audit_export
from chassis.work.audit_export import UnreadableHeadsError, export_heads, read_heads
from tests.chassis.work.trails import chain, damages, head, tamper


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    monkeypatch.setattr(audit_export, "settings", lambda: SimpleNamespace(heads_folder=str(tmp_path)))
    return tmp_path


def export(example: ServiceHarness) -> None:
    assert example.database.run(system_context(), export_heads) == 0


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_day_has_one_file_and_it_stays_as_it_was_written(example: ServiceHarness, folder: Path) -> None:
    export(example)
    assert files(folder) == [], "there is nothing to say yet"
    chain(example, 1)
    first = head(example)
    today = example.clock.now()
    export(example)
    chain(example, 1)
    export(example)
    [name] = files(folder)
    assert list(read_heads(folder / name)) == [first]
    example.clock.set(today + timedelta(days=1))
    export(example)
    names = files(folder)
    assert [list(read_heads(folder / each)) for each in names] == [[first], [head(example)]]
    assert names[0] == name


def test_its_format_is_the_one_that_is_written_down(example: ServiceHarness, folder: Path) -> None:
    chain(example, 1)
    export(example)
    [name] = files(folder)
    [line] = (folder / name).read_bytes().splitlines()
    newest = head(example)
    assert orjson.loads(line) == {
        "service": "example",
        "sequence": 1,
        "hash": newest.hash.hex(),
        "made_at": newest.made_at.isoformat(),
    }


def test_without_a_folder_nothing_is_written(example: ServiceHarness, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(audit_export, "settings", lambda: SimpleNamespace(heads_folder=""))
    monkeypatch.chdir(tmp_path)
    chain(example, 1)
    export(example)
    assert files(tmp_path) == []


def test_a_folder_that_is_not_there_is_an_error_and_half_a_file_is_none(
    example: ServiceHarness, folder: Path, monkeypatch: Any
) -> None:
    chain(example, 1)
    monkeypatch.setattr(audit_export, "settings", lambda: SimpleNamespace(heads_folder=str(folder / "away")))
    with pytest.raises(OSError, match="away"):
        export(example)
    monkeypatch.setattr(audit_export, "settings", lambda: SimpleNamespace(heads_folder=str(folder)))
    monkeypatch.setattr(audit_export.os, "fsync", full_disk)
    with pytest.raises(OSError, match="full"):
        export(example)
    assert not any(name.endswith(".jsonl") for name in files(folder))
    monkeypatch.undo()


def full_disk(_: int) -> None:
    raise OSError("full")


def test_it_finds_what_a_database_that_is_sound_by_itself_hides(example: ServiceHarness, folder: Path) -> None:
    [_, gone] = chain(example, 1, 1)
    export(example)
    tamper(
        example,
        "DELETE FROM audit_entries WHERE id = :gone",
        "DELETE FROM audit_blocks WHERE sequence = 2",
        gone=gone[0],
    )
    assert damages(example) == []
    [file] = folder.iterdir()
    assert damages(example, *read_heads(file)) == [("chain_cut_short", 2, None)]


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"service": "x"}', b'{"service": "x", "sequence": 1, "hash": "zz"}'])
def test_a_file_that_is_none_of_ours_is_named_with_its_line(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "notes.txt"
    good = b'{"service": "x", "sequence": 1, "hash": "00", "made_at": "2026-11-26T02:00:03+00:00"}\n'
    file.write_bytes(good + line)
    with pytest.raises(UnreadableHeadsError, match=r"notes.txt, line 2"):
        list(read_heads(file))
