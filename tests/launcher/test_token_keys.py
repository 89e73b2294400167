"""The key that signs tokens is changed step by step."""

import pytest

from chassis.base.pem import private_blocks
from launcher.secrets import Secrets
from launcher.token_keys import Pause, change, replace_at_once


@pytest.fixture
def kept(tmp_path):
    return Secrets(tmp_path / "secrets")


def test_a_key_is_known_before_it_signs_and_goes_after_its_last_token(kept):
    (former,) = private_blocks(kept.token_keys()[0])
    seen = []
    change(kept, lambda pause: seen.append((private_blocks(kept.token_keys()[0]), pause)))
    (new,) = private_blocks(kept.token_keys()[0])
    assert new != former
    assert seen == [([former, new], Pause.KNOWN), ([new, former], Pause.OUTLIVED)]
    assert kept.token_keys_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("broken_off_at", list(Pause))
def test_a_change_that_was_broken_off_is_finished_before_the_next(kept, broken_off_at):
    def broken_off(pause):
        if pause is broken_off_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change(kept, broken_off)
    signing, other = private_blocks(kept.token_keys()[0])
    counted = []
    change(kept, lambda pause: counted.append(private_blocks(kept.token_keys()[0])))
    assert counted[0] == [signing, other], "until no token of either can be left"
    assert [len(keys) for keys in counted] == [2, 2, 2]
    assert counted[1][0] == signing
    assert other not in counted[1]


def test_two_public_keys_are_told_while_there_are_two(kept):
    told = []
    change(kept, lambda _: told.append(kept.token_keys()[1].count("BEGIN PUBLIC KEY")))
    assert told == [2, 2]
    assert kept.token_keys()[1].count("BEGIN PUBLIC KEY") == 1


def test_a_key_that_has_become_known_is_replaced_at_once(kept):
    former = kept.token_keys()[0]
    replace_at_once(kept)
    assert former not in kept.token_keys()[0]
