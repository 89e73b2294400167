"""Readings on disk: durable, encrypted, ordered, and gone after fifteen minutes."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.device import state_folder
from services.device.settings import SettingsRefused
from services.device.spool import FILE_NAME, Spool, SpoolUnusable, is_damage, waiting_in
from tests.device.conftest import Notices

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEY = bytes(range(32))
SECRET = "示例省样本市".encode()


@pytest.fixture
def spool(tmp_path: Path, say: Notices) -> Iterator[Spool]:
    spool = open_spool(tmp_path, say)
    yield spool
    spool.close()


def open_spool(folder: Path, say: Notices, key: bytes = KEY) -> Spool:
    return Spool(folder, key, lambda notice, count: say(notice, count=count))


def bodies(spool: Spool) -> list[bytes]:
    return [waiting.body for waiting in spool.oldest(100)]


def test_readings_come_back_oldest_first(spool: Spool) -> None:
    for number in range(5):
        spool.put(NOW, b"%d" % number)

    assert bodies(spool) == [b"0", b"1", b"2", b"3", b"4"]
    assert [waiting.body for waiting in spool.oldest(2)] == [b"0", b"1"]


def test_readings_survive_the_program(tmp_path: Path, say: Notices) -> None:
    first = open_spool(tmp_path, say)
    first.put(NOW, b"kept")
    # No close: the process might have been killed.
    second = open_spool(tmp_path, say)

    assert bodies(second) == [b"kept"]
    assert second.oldest(1)[0].read_at == NOW


def test_a_delivered_reading_is_gone(spool: Spool) -> None:
    for number in range(3):
        spool.put(NOW, b"%d" % number)

    spool.remove([spool.oldest(1)[0].position])

    assert bodies(spool) == [b"1", b"2"]


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        (timedelta(0), True),
        (timedelta(minutes=15), True),
        (timedelta(minutes=15, seconds=1), False),
        (timedelta(days=400), False),
        (timedelta(seconds=-30), True),
        (timedelta(minutes=-10), False),  # the clock was set back: nobody knows how old it is
    ],
)
def test_a_reading_is_erased_after_fifteen_minutes(spool: Spool, age: timedelta, kept: bool) -> None:
    spool.put(NOW - age, b"one")

    assert spool.erase_expired(NOW) == (0 if kept else 1)
    assert spool.count() == (1 if kept else 0)


def test_nothing_is_on_disk_in_the_clear_neither_waiting_nor_erased(spool: Spool, tmp_path: Path) -> None:
    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    for _ in range(50):
        spool.put(NOW, SECRET * 20)
    sealed = sqlite3.connect(tmp_path / FILE_NAME).execute("SELECT sealed FROM readings").fetchone()[0]

    assert SECRET not in on_disk()
    assert sealed[-64:] in on_disk()
    spool.erase_expired(NOW + timedelta(hours=1))
    assert sealed[-64:] not in on_disk()


def test_another_key_reads_nothing_and_says_so(spool: Spool, tmp_path: Path, say: Notices) -> None:
    spool.put(NOW, SECRET)

    stranger = open_spool(tmp_path, say, key=bytes(32))

    assert stranger.oldest(10) == []
    assert say == [("readings_lost", {"count": 1})]
    assert spool.count() == 0


def test_a_reading_made_younger_by_hand_is_not_sent(spool: Spool, tmp_path: Path, say: Notices) -> None:
    spool.put(NOW, SECRET)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE readings SET read_at = read_at + 60000")

    assert bodies(spool) == []
    assert say.codes == ["readings_lost"]


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rubbish=st.binary(max_size=300), at=st.integers(0, 9000))
def test_a_damaged_file_never_stops_the_agent(tmp_path: Path, rubbish: bytes, at: int) -> None:
    for old in tmp_path.glob(FILE_NAME + "*"):
        old.unlink()
    say = Notices()
    before = open_spool(tmp_path, say)
    before.put(NOW, SECRET)
    before.close()
    raw = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(raw[:at] + rubbish + raw[at + len(rubbish) :])

    after = open_spool(tmp_path, say)
    for _ in range(2):  # the damage may show at the first use only; the second works
        try:
            after.put(NOW, b"new")
            read = bodies(after)
        except SpoolUnusable:
            continue
        break

    assert read[-1] == b"new"
    assert set(read) <= {SECRET, b"new"}
    after.close()


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [
        (b"readings (\n", b"readings\xff(\n"),  # a schema that is no text: not even SQLite's message can be decoded
        (b"sealed BLOB", b"sealex BLOB"),  # a column of another name
        (b"read_at INTEGER", b"xead_at INTEGER"),
        (b"SQLite format 3\x00\x10\x00\x01", b"SQLite format 3\x00\x10\x00\x09"),  # "may only be read"
    ],
)
def test_damage_that_sqlite_takes_for_another_error_costs_the_file_and_not_the_agent(
    tmp_path: Path, say: Notices, whole: bytes, damaged: bytes
) -> None:
    before = open_spool(tmp_path, say)
    before.put(NOW, SECRET)
    before.close()
    raw = (tmp_path / FILE_NAME).read_bytes()
    assert whole in raw
    (tmp_path / FILE_NAME).write_bytes(raw.replace(whole, damaged))
    with suppress(SpoolUnusable):  # what `status` says of it; another error would have ended it
        waiting_in(tmp_path)

    after = open_spool(tmp_path, say)
    for work in (lambda: after.oldest(1), lambda: after.put(NOW, b"first")):  # whichever is first meets the damage
        with suppress(SpoolUnusable):
            work()
    after.put(NOW, b"new")

    assert bodies(after)[-1] == b"new"
    assert say.codes == ["spool_damaged"]
    after.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sealed", "no bytes"),
        ("sealed", 7),
        ("sealed", b""),
        ("read_at", "yesterday"),
        ("read_at", 2**62),
    ],
)
def test_a_damaged_row_costs_that_reading_alone(
    spool: Spool, tmp_path: Path, say: Notices, column: str, value: object
) -> None:
    spool.put(NOW, b"damaged")
    spool.put(NOW, b"whole")
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(f"UPDATE readings SET {column} = ? WHERE position = 1", (value,))

    assert bodies(spool) == [b"whole"]
    assert spool.count() == 1
    assert say == [("readings_lost", {"count": 1})]


def test_a_row_whose_text_cannot_be_decoded_costs_the_file(spool: Spool, tmp_path: Path, say: Notices) -> None:
    spool.put(NOW, SECRET)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE readings SET sealed = CAST(x'ff80' AS TEXT)")

    with pytest.raises(SpoolUnusable, match="damaged"):
        spool.oldest(1)
    spool.put(NOW, b"new")

    assert bodies(spool) == [b"new"]
    assert say.codes == ["spool_damaged"]


def test_a_time_that_is_none_does_not_end_the_status(spool: Spool, tmp_path: Path) -> None:
    spool.put(NOW, SECRET)
    for value in ("yesterday", 2**62):
        with sqlite3.connect(tmp_path / FILE_NAME) as connection:
            connection.execute("UPDATE readings SET read_at = ?", (value,))
        with pytest.raises(SpoolUnusable, match="damaged"):
            waiting_in(tmp_path)


def test_a_full_disk_or_a_file_in_use_is_no_damage() -> None:
    for code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY | 5 << 8):
        error = sqlite3.OperationalError("as the system says")
        error.sqlite_errorcode = code
        assert not is_damage(error), code
    assert not is_damage(sqlite3.ProgrammingError("closed"))


def test_a_thread_that_comes_too_late_costs_no_reading(tmp_path: Path, say: Notices) -> None:
    spool = open_spool(tmp_path, say)
    spool.put(NOW, b"kept")
    spool.close()

    with pytest.raises(SpoolUnusable):
        spool.erase_expired(NOW)

    assert bodies(open_spool(tmp_path, say)) == [b"kept"]
    assert say == []


def test_a_spool_that_cannot_be_opened_is_told_and_left_alone(tmp_path: Path, say: Notices) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(SpoolUnusable, match="IsADirectoryError"):
        open_spool(tmp_path, say)


def test_several_threads_lose_nothing(spool: Spool) -> None:
    def put_many(name: int) -> None:
        for number in range(20):
            spool.put(NOW, b"%d-%d" % (name, number))

    threads = [threading.Thread(target=put_many, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(bodies(spool))) == 80


def test_the_status_counts_what_waits_without_the_key(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    assert waiting_in(Path(tmp_path.name)) == waiting_in(tmp_path) == (0, None)
    spool.put(NOW, b"1")
    spool.put(NOW + timedelta(minutes=1), b"2")

    assert waiting_in(tmp_path) == (2, NOW)


def test_the_key_is_made_once_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    key = state_folder.load_key(tmp_path)

    assert len(key) == 32
    assert state_folder.load_key(tmp_path) == key
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    state_folder.load_key(tmp_path)
    (tmp_path / "spool.key").chmod(0o640)

    with pytest.raises(SettingsRefused, match="key_not_private"):
        state_folder.load_key(tmp_path)


def test_the_spool_is_for_its_user_only(spool: Spool, tmp_path: Path) -> None:
    assert os.stat(tmp_path / FILE_NAME).st_mode & 0o777 == 0o600


def test_two_agents_cannot_share_a_folder(tmp_path: Path) -> None:
    lock = state_folder.Lock(tmp_path)

    assert state_folder.is_running(tmp_path)
    with pytest.raises(state_folder.AlreadyRunning):
        state_folder.Lock(tmp_path)
    lock.release()
    assert not state_folder.is_running(tmp_path)


def test_who_asks_whether_an_agent_runs_does_not_keep_one_from_starting(tmp_path: Path) -> None:
    asking = state_folder.Lock(tmp_path, patience=0)
    threading.Timer(0.1, asking.release).start()

    state_folder.Lock(tmp_path).release()


def test_a_lock_that_cannot_be_used_is_not_taken_for_another_agent(tmp_path: Path) -> None:
    (tmp_path / "agent.lock").mkdir()

    for attempt in (state_folder.Lock, state_folder.is_running):
        with pytest.raises(SettingsRefused, match="folder_unusable"):
            attempt(tmp_path)
