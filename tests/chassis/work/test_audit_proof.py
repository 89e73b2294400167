"""Damage of every kind, planted by the database's administrator, is found and named; a trail that is sound is proven,
also after some of it was erased in time, after a backup was put back, and while commands go on."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from chassis.base.ids import new_id
from chassis.data.audit_chain import COVERED, digest
from chassis.testing.harness import ServiceHarness
from chassis.work import audit_proof
from chassis.work.audit_erasing import erase_some
from tests.chassis.example import Example
from tests.chassis.work.trails import (
    blocks,
    burglar,
    chain,
    damages,
    enter,
    entry_ids,
    head,
    proven,
    rehash,
    seal_one,
    tamper,
)
from tests.restore import backup


def test_a_trail_that_nobody_touched_is_sound_and_counted(example: ServiceHarness) -> None:
    assert damages(example) == []
    chain(example, 3, 1, 2)
    enter(example, 2)
    proof, found = proven(example, head(example))
    assert found == []
    assert (proof.blocks, proof.entries, proof.waiting, proof.compared) == (3, 6, 2, 1)
    assert proof.newest == head(example)


def test_it_is_compared_portion_by_portion_and_told(example: ServiceHarness, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_proof, "AT_ONCE", 3)
    ids = chain(example, 2, 1, 4, 1, 1)
    tamper(example, "UPDATE audit_entries SET action = 'x' WHERE id IN (:a, :b)", a=ids[0][1], b=ids[4][0])
    told: list[tuple[int, int]] = []
    with audit_proof.snapshot(example.database) as connection:
        proof = audit_proof.TrailProof(connection, "example")
        found = [f.entry_id for f in proof.findings(lambda done, of: told.append((done, of)))]
    assert told == [(3, 9), (7, 9), (9, 9)]
    assert found == [ids[0][1], ids[4][0]]


CHANGES = {
    "id": None,
    "at": "at + interval '1 microsecond'",
    "actor_id": "gen_random_uuid()",
    "actor_name": "actor_name || ' '",
    "teaching_point_id": "gen_random_uuid()",
    "client": "'10.0.0.1'",
    "correlation_id": "gen_random_uuid()",
    "object_type": "'learners'",
    "object_id": "gen_random_uuid()",
    "action": "'remove'",
    "before": "'{}'",
    "after": 'after || \'{"label": "z"}\'',
    "salt": "gen_random_uuid()",
}


@pytest.mark.parametrize("column", [name for name, change in CHANGES.items() if change])
def test_an_entry_of_which_anything_was_changed_is_named(example: ServiceHarness, column: str) -> None:
    [_, [entry], _] = chain(example, 2, 1, 1)
    tamper(example, f"UPDATE audit_entries SET {column} = {CHANGES[column]} WHERE id = :id", id=entry)
    assert damages(example) == [("entry_changed", 2, entry)]


def test_a_digest_covers_every_column_of_an_entry(example: ServiceHarness) -> None:
    columns = set(example.table("audit_entries").c.keys())
    assert {name.split()[0] for name in COVERED} == columns == set(CHANGES)


def test_an_entry_that_is_gone_is_named(example: ServiceHarness) -> None:
    [first, _] = chain(example, 3, 2)
    tamper(example, "DELETE FROM audit_entries WHERE id = :id", id=first[1])
    assert damages(example) == [("entry_missing", 1, first[1])]


def test_an_entry_that_is_gone_before_it_was_sealed_is_named_before_and_after_its_block_is_made(
    example: ServiceHarness,
) -> None:
    gone, _ = enter(example, 2)
    tamper(example, "DELETE FROM audit_entries WHERE id = :id", id=gone)
    assert damages(example) == [("entry_missing", None, gone)]
    seal_one(example)
    assert damages(example) == [("entry_missing", 1, gone)]


def test_an_entry_that_was_inserted_is_named(example: ServiceHarness) -> None:
    [[real]] = chain(example, 1)
    forged = new_id()
    tamper(
        example,
        "INSERT INTO audit_entries (id, at, actor_name, correlation_id, object_type, object_id, action)"
        " SELECT :forged, at, actor_name, correlation_id, object_type, object_id, 'forged' FROM audit_entries"
        " WHERE id = :real",
        forged=forged,
        real=real,
    )
    assert damages(example) == [("entry_inserted", None, forged)]


def test_one_that_was_put_in_the_place_of_another_counts_as_both(example: ServiceHarness) -> None:
    [[entry]] = chain(example, 1)
    other = new_id()
    tamper(example, "UPDATE audit_entries SET id = :other WHERE id = :entry", other=other, entry=entry)
    assert damages(example) == [("entry_missing", 1, entry), ("entry_inserted", None, other)]


def test_a_changed_block_is_named(example: ServiceHarness) -> None:
    chain(example, 1, 2, 1)
    tamper(example, "UPDATE audit_blocks SET made_at = made_at - interval '1 day' WHERE sequence = 2")
    assert damages(example) == [("block_changed", 2, None)]


def test_who_changes_an_entry_with_its_digest_is_found_by_the_block(example: ServiceHarness) -> None:
    [_, [entry], _] = chain(example, 1, 1, 1)
    cover_up(example, 2, entry)
    assert damages(example) == [("block_changed", 2, None)]


def test_who_mends_the_block_too_is_found_by_the_next(example: ServiceHarness) -> None:
    [_, [entry], _] = chain(example, 1, 1, 1)
    cover_up(example, 2, entry)
    rehash(example, [2])
    assert damages(example) == [("block_out_of_line", 3, None)]


def test_who_mends_the_whole_chain_is_found_by_a_head_that_was_told(example: ServiceHarness) -> None:
    [_, [entry], _] = chain(example, 1, 1, 1)
    told = head(example)
    cover_up(example, 2, entry)
    rehash(example, [2, 3])
    assert damages(example) == [], "by itself it is sound"
    assert damages(example, told) == [("chain_rewritten", 3, None)]


def cover_up(example: ServiceHarness, sequence: int, entry: UUID) -> None:
    tamper(
        example,
        "UPDATE audit_entries SET action = 'nothing' WHERE id = :entry",
        f"UPDATE audit_blocks SET digests = ARRAY[(SELECT {digest('e')} FROM audit_entries e WHERE e.id = :entry)]"
        " WHERE sequence = :sequence",
        entry=entry,
        sequence=sequence,
    )


def test_a_block_that_is_gone_is_named_and_so_are_its_entries(example: ServiceHarness) -> None:
    [_, ids, _] = chain(example, 1, 2, 1)
    tamper(example, "DELETE FROM audit_blocks WHERE sequence = 2")
    found = damages(example)
    assert found[0] == ("block_missing", 2, None)
    assert sorted(found[1:]) == sorted(("entry_inserted", None, id_) for id_ in ids)


def test_a_first_block_that_is_gone_is_noticed(example: ServiceHarness) -> None:
    chain(example, 1, 1)
    tamper(example, "DELETE FROM audit_blocks WHERE sequence = 1")
    assert damages(example)[0] == ("block_missing", 1, None)


def test_blocks_in_another_order_are_named(example: ServiceHarness) -> None:
    chain(example, 1, 1, 1, 1)
    tamper(
        example,
        "UPDATE audit_blocks SET sequence = -sequence WHERE sequence IN (2, 3)",
        "UPDATE audit_blocks SET sequence = 5 + sequence WHERE sequence < 0",
    )
    assert [each for each in damages(example) if each[0] == "block_changed"] == [
        ("block_changed", 2, None),
        ("block_changed", 3, None),
    ]


def test_entries_in_another_order_within_their_block_are_noticed(example: ServiceHarness) -> None:
    [[one, other]] = chain(example, 2)
    tamper(
        example,
        "UPDATE audit_blocks SET entry_ids = ARRAY[CAST(:other AS uuid), CAST(:one AS uuid)],"
        " digests = ARRAY[digests[2], digests[1]]",
        one=one,
        other=other,
    )
    assert damages(example) == [("block_changed", 1, None)]


def test_a_chain_of_another_service_does_not_pass_for_this_ones(example: ServiceHarness) -> None:
    chain(example, 1)
    with audit_proof.snapshot(example.database) as connection:
        found = [f.damage for f in audit_proof.TrailProof(connection, "elsewhere").findings()]
    assert found == ["block_out_of_line"]


def test_an_end_that_was_cut_off_with_its_entries_is_noticed_by_a_head(example: ServiceHarness) -> None:
    [_, gone] = chain(example, 2, 1)
    told = head(example)
    tamper(
        example,
        "DELETE FROM audit_entries WHERE id = :gone",
        "DELETE FROM audit_blocks WHERE sequence = 2",
        gone=gone[0],
    )
    assert damages(example) == [], "by itself it is sound"
    [found] = proven(example, told)[1]
    assert (found.damage, found.sequence, found.at) == ("chain_cut_short", 2, told.made_at)


def test_a_trail_that_is_gone_altogether_is_noticed_by_a_head(example: ServiceHarness) -> None:
    chain(example, 1)
    told = head(example)
    tamper(example, "DELETE FROM audit_entries", "DELETE FROM audit_blocks")
    assert damages(example, told) == [("chain_cut_short", 1, None)]


# --- what is no damage ---


def test_what_was_erased_in_time_is_no_damage_and_counted(example: ServiceHarness) -> None:
    chain(example, 2, 3)
    age(example, 2)
    erase(example)
    kept = enter(example, 1)
    seal_one(example)
    proof, found = proven(example)
    assert found == []
    assert proof.erased == 5
    assert set(kept) < set(entry_ids(example))


def test_of_what_was_erased_one_more_that_is_gone_is_still_found(example: ServiceHarness) -> None:
    chain(example, 1)
    age(example, 1)
    erase(example)
    [_, [later]] = chain(example, 0, 1)
    tamper(example, "DELETE FROM audit_entries WHERE id = :later", later=later)
    assert [damage for damage, _, id_ in damages(example) if id_ == later] == ["entry_missing"]


def test_who_says_that_a_fresh_entry_was_erased_is_not_believed(example: ServiceHarness) -> None:
    [[entry]] = chain(example, 1)
    tamper(example, "DELETE FROM audit_entries WHERE id = :entry", entry=entry)
    forged = (
        "INSERT INTO audit_entries (id, at, actor_name, correlation_id, object_type, object_id, action, after)"
        " VALUES (gen_random_uuid(), now() + interval '1 year', 'system', gen_random_uuid(), 'audit_blocks',"
        " gen_random_uuid(), 'erase', '{\"first\": 1, \"last\": 1}')"
    )
    with example.owner_connection() as connection:
        connection.execute(text(forged))
    seal_one(example)
    assert damages(example) == [("erased_early", 1, entry)]


def test_an_entry_about_erasing_that_makes_no_sense_stops_nothing(example: ServiceHarness) -> None:
    [[entry]] = chain(example, 1)
    with example.owner_connection() as connection:
        for said in ("'[]'", '\'{"first": "x", "last": 1}\'', '\'{"first": true, "last": true}\'', "NULL"):
            connection.exec_driver_sql(
                "INSERT INTO audit_entries (id, actor_name, correlation_id, object_type, object_id, action, after)"
                " VALUES (gen_random_uuid(), 'x', gen_random_uuid(), 'audit_blocks', gen_random_uuid(), 'erase',"
                f" {said})"
            )
    seal_one(example)
    assert damages(example) == []
    tamper(example, "DELETE FROM audit_entries WHERE id = :entry", entry=entry)
    assert damages(example) == [("entry_missing", 1, entry)]


def age(example: ServiceHarness, last: int) -> None:
    """Make it so that blocks were made a year ago."""
    with burglar(example) as connection:
        connection.exec_driver_sql("UPDATE audit_blocks SET made_at = made_at - interval '1 year'")
        connection.exec_driver_sql("UPDATE audit_entries SET at = at")
    first_hash(example)
    rehash(example, range(2, last + 1))


def first_hash(example: ServiceHarness) -> None:
    from chassis.data.audit_chain import block_hash

    own = block_hash("sequence", "made_at", "previous_hash", "entry_ids", "digests")
    tamper(example, f"UPDATE audit_blocks SET hash = {own} WHERE sequence = 1")


def erase(example: ServiceHarness) -> None:
    now = example.clock.now()
    engine = create_engine(example.admin_url)
    with engine.begin() as connection:
        while erase_some(connection, Example, now - timedelta(days=200), now) is not None:
            pass
    engine.dispose()


def test_it_is_proven_while_commands_and_the_follower_go_on(example: ServiceHarness) -> None:
    chain(example, 5)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            enter(example)
            seal_one(example)

    working = threading.Thread(target=work)
    working.start()
    try:
        until = blocks(example)[-1].sequence + 15
        while blocks(example)[-1].sequence < until:
            assert damages(example) == []
    finally:
        stop.set()
        working.join()
    assert damages(example, head(example)) == []


def test_a_backup_that_was_put_back_is_sound_and_short_of_what_was_told_since(
    example: ServiceHarness, tmp_path: Any
) -> None:
    chain(example, 2, 1)
    enter(example)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("SET TIME ZONE 'America/Caracas'")
        chain(example, 1)
        restored = f"{example.database.name}_restored"
        before = head(example)
        backup.dump(example.admin_url.render_as_string(hide_password=False), example.database.name, tmp_path / "dump")
        chain(example, 1)
        told = head(example)
        connection.exec_driver_sql(f'CREATE DATABASE "{restored}" TEMPLATE template0 ENCODING UTF8')
    url = example.admin_url.set(database=restored)
    try:
        backup.restore(url.render_as_string(hide_password=False), restored, tmp_path / "dump")
        engine = create_engine(url, isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            assert list(audit_proof.TrailProof(connection, "example", [before]).findings()) == []
            found = list(audit_proof.TrailProof(connection, "example", [before, told]).findings())
        engine.dispose()
        assert [(f.damage, f.sequence) for f in found] == [("chain_cut_short", told.sequence)]
    finally:
        with example.owner_connection() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{restored}" WITH (FORCE)')
