"""The key that signs tokens is changed step by step."""

import os
from pathlib import Path

import pytest

from chassis.base.pem import new_private_key, private_blocks
from launcher import token_keys
from launcher.secrets import Secrets
from launcher.token_keys import KeyChangeError, Pause, change, replace_at_once, trusted_by_metrics, wait_for
from launcher.waiting import wait_until


@pytest.fixture
def kept(tmp_path):
    return Secrets(tmp_path / "secrets")


def test_a_key_is_known_before_it_signs_and_goes_after_its_last_token(kept):
    (former,) = private_blocks(kept.token_keys()[0])
    seen = []
    change(kept, lambda pause, _: seen.append((private_blocks(kept.token_keys()[0]), pause)))
    (new,) = private_blocks(kept.token_keys()[0])
    assert new != former
    assert seen == [([former, new], Pause.KNOWN), ([new, former], Pause.OUTLIVED)]
    assert kept.token_keys_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("broken_off_at", list(Pause))
def test_a_change_that_was_broken_off_is_finished_before_the_next(kept, broken_off_at):
    def broken_off(pause, _):
        if pause is broken_off_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change(kept, broken_off)
    signing, other = private_blocks(kept.token_keys()[0])
    counted = []
    change(kept, lambda pause, _: counted.append(private_blocks(kept.token_keys()[0])))
    assert counted[0] == [signing, other], "until no token of either can be left"
    assert [len(keys) for keys in counted] == [2, 2, 2]
    assert counted[1][0] == signing
    assert other not in counted[1]


def test_two_public_keys_are_told_while_there_are_two(kept):
    told = []
    change(kept, lambda *_: told.append(kept.token_keys()[1].count("BEGIN PUBLIC KEY")))
    assert told == [2, 2]
    assert kept.token_keys()[1].count("BEGIN PUBLIC KEY") == 1


def test_a_key_that_has_become_known_is_replaced_before_all_sessions_end(kept):
    former, ended = kept.token_keys()[0], []

    def end_sessions():
        ended.append(kept.token_keys()[0])
        return 7

    assert replace_at_once(kept, end_sessions) == 7
    assert ended == [kept.token_keys()[0]]
    assert former not in ended[0]


def test_two_do_not_change_the_key_at_once(kept):
    refused = []

    def second(pause, _):
        with pytest.raises(KeyChangeError, match="at this moment") as raised:
            change(Secrets(kept.token_keys_file().parent), lambda *_: None)
        refused.append(raised.value)

    change(kept, second)
    assert len(refused) == 2
    assert len(private_blocks(kept.token_keys()[0])) == 1


@pytest.mark.parametrize("at", list(Pause))
def test_a_key_that_was_replaced_at_once_meanwhile_stays(kept, at):
    """Whoever stole the former key must not get it back by a change that was going on."""

    def stolen(pause, _):
        if pause is at:
            replace_at_once(kept, lambda: 0)
            replaced.append(kept.token_keys()[0])

    replaced = []
    with pytest.raises(KeyChangeError, match="somebody else"):
        change(kept, stolen)
    assert [kept.token_keys()[0]] == replaced


def test_keys_are_on_the_disk_before_and_after_they_take_their_place(kept, monkeypatch):
    """A power cut must leave the former ones or the new ones."""
    kept.token_keys()
    synced = []

    def fsync(number):
        path = Path(os.readlink(f"/proc/self/fd/{number}"))
        synced.append((path.name, (path.parent / "token.pem.new").exists() or (path / "token.pem.new").exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    kept.put_token_keys([new_private_key()])
    assert synced == [("token.pem.new", True), ("secrets", False)]


class Gateway:
    """What the wait asks of a process."""

    def __init__(self, name, said, running=True):
        self.name, self.said, self._running = name, said, running

    def running(self):
        return self._running

    def metrics(self):
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


def test_a_new_key_signs_only_when_every_running_gateway_says_that_it_knows_it(kept, monkeypatch):
    monkeypatch.setattr(
        token_keys, "wait_until", lambda condition, seconds, every: wait_until(condition, seconds, every=0)
    )
    keys = [new_private_key(), new_private_key()]
    one, both = trusted_by_metrics(keys[0]), "\n".join(map(trusted_by_metrics, keys))
    quick, slow, gone = Gateway("gateway", [both]), Gateway("gateway-2", ["", one, both]), Gateway("x", [""], False)
    wait_for([quick, slow, gone])(Pause.KNOWN, keys)
    assert slow.said == [both], "it was asked until it knew both"


def test_a_gateway_that_gets_to_know_nothing_leaves_the_former_key_signing(kept, monkeypatch):
    (former,) = private_blocks(kept.token_keys()[0])
    monkeypatch.setattr(token_keys, "wait_until", lambda condition, *_, **__: condition())
    with pytest.raises(KeyChangeError, match="gateway-2"):
        change(kept, wait_for([Gateway("gateway-2", [trusted_by_metrics(former)])]))
    assert private_blocks(kept.token_keys()[0])[0] == former
