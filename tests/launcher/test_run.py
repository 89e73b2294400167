"""`./jiaowu up` ends with a sentence where it can't go on."""

from types import SimpleNamespace

import pytest
import requests

from launcher import demonstration
from launcher.problems import NotReadyError
from launcher.story.client import ProblemError
from launcher.story.stage import StoryError

REFUSED = ProblemError(401, {"code": "one_time_password_expired", "detail": "It was used."})


@pytest.mark.parametrize("problem", [REFUSED, StoryError("no bills"), requests.ConnectionError("gone")], ids=type)
def test_demonstration_data_that_could_not_be_made_are_told_in_a_sentence(monkeypatch, tmp_path, problem):
    def fail(*_):
        raise problem

    monkeypatch.setattr("launcher.story.people.administrator", fail)
    with pytest.raises(NotReadyError, match=r"(?s)could not be made: .*--no-demo") as told:
        demonstration.ensure(SimpleNamespace(state=tmp_path))
    assert str(problem) in str(told.value)
