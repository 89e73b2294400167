"""Ids: made before the insert, one after the other."""

from chassis.base.ids import new_id


def test_ids_are_of_version_7_and_each_lies_behind_the_ones_before() -> None:
    made = [new_id() for _ in range(10_000)]
    assert {(id_.version, id_.variant) for id_ in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == len(made)
    assert made == sorted(made)
