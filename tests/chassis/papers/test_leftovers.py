"""What killed processes leave on the disk goes; what somebody is writing stays."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from chassis.papers.leftovers import KEPT, erase_staged, erase_temporary, folder
from chassis.running.background import housekeeping
from chassis.testing.harness import ServiceHarness

WRITER = """
import time
from chassis.papers.sheet_writing import write_list
from chassis.papers.spreadsheets import Column

def rows():
    yield {"a": "张三"}
    print("writing", flush=True)
    time.sleep(60)

write_list("student_import", (Column("a", "A"),), rows())
"""


def make_old(path: Path) -> None:
    then = time.time() - KEPT.total_seconds() - 1
    os.utime(path, (then, then))


def test_the_sheets_of_a_process_that_was_killed_go_and_those_of_one_at_work_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    writer = subprocess.Popen([sys.executable, "-c", WRITER], stdout=subprocess.PIPE, env=environment)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"writing\n"
    writer.kill()
    writer.wait()
    writer.stdout.close()
    (left,) = tmp_path.glob("openpyxl.*")
    fresh, strange = tmp_path / "openpyxl.at-work", tmp_path / "another.file"
    for path in (fresh, strange):
        path.touch()
    make_old(left)
    make_old(strange)
    assert erase_temporary() == 1
    assert set(tmp_path.iterdir()) == {fresh, strange}


def test_a_folder_of_documents_goes_when_nothing_in_it_is_written_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with folder() as left, folder() as at_work:
        for place in (left, at_work):
            document = place / "0.pdf"
            document.touch()
            make_old(document)
            make_old(place)
        (at_work / "result").touch()
        make_old(at_work)
        assert erase_temporary() == 1
        assert list(tmp_path.iterdir()) == [at_work]
        left.mkdir()  # as it is when its process goes on after all
    assert list(tmp_path.iterdir()) == []


def test_every_task_process_looks_for_them(
    example: ServiceHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "openpyxl.left"
    left.touch()
    make_old(left)
    for loop in housekeeping(example.database):
        if loop.name == "leftovers":
            loop.step()
    assert not left.exists()


def test_what_the_store_never_named_goes_and_objects_stay(tmp_path: Path) -> None:
    for name in ("ab.pdf", "ab.pdf#1", "#1", "ab.pdf#x"):
        (tmp_path / name).touch()
        make_old(tmp_path / name)
    (tmp_path / "new.pdf#12").touch()
    assert erase_staged(tmp_path) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"ab.pdf", "#1", "ab.pdf#x", "new.pdf#12"}
    assert erase_staged(tmp_path / "nowhere") == 0
