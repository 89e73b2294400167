"""Log lines: what is on them, and that nobody can be recognised in them."""

import io
import json
import logging as standard_logging
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chassis.running import logging

ID_NUMBER = "110101199001011237"
MOBILE = "13800138000"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    root = standard_logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logging.configure("courses", "service", "json", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_who_when_what_and_in_which_correlation(output: io.StringIO) -> None:
    with logging.bound(correlation_id="c-1"):
        logging.get_logger("courses.commands").info("selection_made", selection_id="s-1")
    logging.get_logger("courses.commands").info("later")
    first, second = lines(output)
    assert first["service"] == "courses"
    assert first["role"] == "service"
    assert first["event"] == "selection_made"
    assert first["selection_id"] == "s-1"
    assert first["correlation_id"] == "c-1"
    assert first["level"] == "info"
    assert first["logger"] == "courses.commands"
    assert first["timestamp"].endswith("Z")
    assert "correlation_id" not in second


def test_no_value_can_end_its_line_and_begin_another(output: io.StringIO) -> None:
    forged = 'x"}\n{"event": "sign_in", "level": "info"}\r\n'
    logging.get_logger("gateway.access").info("request", method=forged)
    standard_logging.getLogger("kombu").warning("lost %s", forged)
    assert output.getvalue().count("\n") == 2
    assert [line["event"] == "sign_in" for line in lines(output)] == [False, False]


def test_lines_of_libraries_come_in_the_same_form_with_their_extra_fields(output: io.StringIO) -> None:
    standard_logging.getLogger("kombu").warning("connection lost to %s", "amqp://courses:hunter2@localhost/vhost")
    standard_logging.getLogger("chassis.messages.relay").warning("published", extra={"count": 3, "mobile": MOBILE})
    first, second = lines(output)
    assert first["event"] == "connection lost to amqp://courses:***@localhost/vhost"
    assert second["count"] == 3
    assert second["mobile"] == "***"


def test_chatter_of_libraries_is_not_logged(output: io.StringIO) -> None:
    for library in ("sqlalchemy.engine", "kombu", "amqp", "nameko.messaging"):
        standard_logging.getLogger(library).info("INSERT INTO students ...")
    assert lines(output) == []


@pytest.mark.parametrize(
    "key",
    ["name", "student_name", "id_number", "ID-Number", "contact_mobile", "phones", "email", "address", "born_on",
     "password", "new_password", "password_hash", "refresh_token", "Authorization", "set-cookie", "token_private_key"],
)  # fmt: skip
def test_fields_with_a_personal_or_secret_name_are_masked(key: str, output: io.StringIO) -> None:
    logging.get_logger("x").info("seen", **{key: "value-7", "nested": {"rows": [{key: "value-7"}]}})
    assert "value-7" not in output.getvalue()


@pytest.mark.parametrize("key", ["event_type", "queue", "table", "username_taken", "code", "teaching_point_id"])
def test_technical_fields_are_shown(key: str) -> None:
    assert logging.mask("shown", key) == "shown"


@pytest.mark.parametrize(
    "text",
    [
        ID_NUMBER,
        "11010119900101123X",
        f"证件{ID_NUMBER}重复",
        "110101900101123",
        MOBILE,
        "+8613800138000",
        "86-13800138000",
        "138 0013 8000",
        f"手机{MOBILE}已注册",
        "欧阳小明",
        "阿卜杜拉·买买提",
        "somebody@example.edu.cn",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ],
)
def test_values_that_look_personal_are_masked_wherever_they_stand(text: str, output: io.StringIO) -> None:
    log = logging.get_logger("x")
    log.info(f"row {text} refused")
    log.info("refused", value=text, several=[text], inside={"key": (text,)}, object=ValueError(text))
    for line in output.getvalue().splitlines():
        assert text not in line
        assert "***" in line


def test_numbers_that_look_personal_are_masked_and_others_kept() -> None:
    assert logging.mask({"a": int(MOBILE), "b": 42, "c": 1.5, "d": None, "e": True, "f": b"raw"}) == {
        "a": "***", "b": 42, "c": 1.5, "d": None, "e": True, "f": "<bytes>",
    }  # fmt: skip


def test_of_objects_only_their_kind_is_shown(output: io.StringIO) -> None:
    class Student(BaseModel):
        nickname: str

    Row = namedtuple("Row", "nickname")
    for value in (Student(nickname="Xiaoming"), Row("Xiaoming"), ValueError("Xiaoming"), iter(["Xiaoming"])):
        logging.get_logger("x").info("seen", student=value, several=[value])
    assert "Xiaoming" not in output.getvalue()
    assert lines(output)[0]["student"] == "<Student>"


@given(st.uuids())
def test_ids_are_never_masked(identifier: object) -> None:
    assert logging.mask(identifier) == identifier
    assert logging.mask(f"row {identifier}") == f"row {identifier}"


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.sampled_from(["", "学生", "(", "=", ": ", "，"]))
def test_no_mobile_number_gets_through(mobile: str, before: str) -> None:
    assert mobile not in logging.mask(f"x {before}{mobile}，y")


def test_an_exception_shows_its_place_but_not_its_data(output: io.StringIO) -> None:
    student = "欧阳小明"

    class Row(BaseModel):
        age: int

    def fail(error: Exception) -> None:
        raise error

    for error in (
        ValueError(f"invalid literal: '{student}' {ID_NUMBER}"),
        RuntimeError(f"duplicate key\nDETAIL: Key (name)=({student}, Xiaoming)"),
    ):
        try:
            fail(error)
        except Exception:
            logging.get_logger("x").exception("step_failed")
    try:
        Row.model_validate({"age": "Xiaoming"})
    except ValueError as wrong:
        logging.get_logger("x").error("row_refused", exc_info=wrong)
    standard_logging.getLogger("nameko").error("error handling worker: %s", student)
    text = output.getvalue()
    for secret in (student, ID_NUMBER, "Xiaoming"):
        assert secret not in text
    first, second, third, _ = lines(output)
    assert first["exception"][0]["type"] == "ValueError"
    assert first["exception"][0]["text"] == "invalid literal: '***' ***"
    assert first["exception"][0]["frames"][-1].endswith(" fail")
    assert second["exception"][0]["text"] == "duplicate key"
    assert third["exception"][0]["type"] == "ValidationError"


def test_the_console_form_is_readable_and_just_as_careful() -> None:
    stream = io.StringIO()
    root = standard_logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logging.configure("courses", format="console", stream=stream)
        try:
            raise ValueError(MOBILE)
        except ValueError:
            logging.get_logger("x").exception("step_failed", mobile=MOBILE, task_id="t-1")
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()
    text = stream.getvalue()
    assert MOBILE not in text
    assert "step_failed" in text
    assert "task_id=t-1" in text
    assert "ValueError: ***" in text


def test_green_threads_keep_their_correlation_ids_apart() -> None:
    script = """
import eventlet
eventlet.monkey_patch()
from chassis.running import logging
logging.configure("courses")
log = logging.get_logger("x")
def work(number):
    with logging.bound(correlation_id=f"c-{number}"):
        eventlet.sleep(0)
        log.info("worked", number=number)
        eventlet.sleep(0)
        log.info("worked", number=number)
workers = [eventlet.spawn(work, number) for number in range(5)]
for worker in workers:
    worker.wait()
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(seen) == 10
    assert all(line["correlation_id"] == f"c-{line['number']}" for line in seen)
