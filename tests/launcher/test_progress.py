"""Work side by side, and what is shown of it."""

import threading

import pytest

from launcher import progress
from launcher.progress import Work, side_by_side


def nothing() -> None:
    pass


def test_works_go_on_at_the_same_time(tmp_path):
    both = threading.Barrier(2, timeout=30)
    side_by_side([Work(name, lambda: both.wait() and None, tmp_path / name) for name in ("one", "other")])


def test_every_end_is_told_with_its_time_and_a_failure_is_raised_when_all_have_ended(tmp_path, capfd):
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise ValueError("no such package")

    works = [Work("Fetching", fail, tmp_path / "a"), Work("Building", lambda: failed.wait(30) and None, tmp_path / "b")]
    with pytest.raises(ValueError, match="no such package"):
        side_by_side(works)
    told = capfd.readouterr().err
    assert "✗ Fetching 0." in told
    assert "✓ Building 0." in told


def test_now_and_then_it_tells_what_the_log_said_last(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(progress, "NOW_AND_THEN", 0.01)
    log = tmp_path / "log"
    log.write_text("an earlier run\n")
    seen = threading.Event()
    monkeypatch.setattr(progress, "_renew", lambda text: seen.set() if "Fetching: 3 of 10" in text else None)

    def fetch() -> None:
        with log.open("a") as output:
            output.write("Reading lists\n3 of 10\n")
            output.flush()
            assert seen.wait(30)

    side_by_side([Work("Fetching", fetch, log)])


def test_what_an_earlier_run_wrote_is_not_how_far_this_one_is(tmp_path):
    log = tmp_path / "log"
    log.write_text("an earlier run\n")
    assert progress._state(Work("Fetching", nothing, log), begun=log.stat().st_size) == "Fetching"


def test_without_work_it_says_nothing(capfd):
    side_by_side([])
    assert capfd.readouterr().err == ""
