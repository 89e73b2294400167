"""Structured logs: one line an event on standard output, with correlation ids and without personal data.

Services log codes and ids, never people. `mask` is the last line of defence for what slips through: it hides
values by the name of their key and by their look, in the message, in every field and in exception texts.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Literal, TextIO
from uuid import UUID

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"

# A key that contains one of these holds a secret, whatever else its name says (`new_password`, `token_hash`).
_SECRET_KEY = re.compile("passw|secret|token|authorization|cookie|credential|private_key|api_key")
# A key that is, or ends with, one of these holds personal data (`student_name`, `contact_mobile`).
_PERSONAL_KEY = re.compile(
    "(^|_)(names?|id_number|id_?card|mobiles?|mobile_number|phones?|telephone|e?mail|address|street"
    "|birth(day|_date)?|born_on|wechat|qq|bank_account|card_number|photo|avatar|signature)$"
)

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LOOKS_PERSONAL = (
    # Resident ID number (GB 11643): 17 digits and a check character; and its 15-digit predecessor.
    re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])"),
    # Mainland mobile number, with or without the country code.
    re.compile(r"(?<![0-9A-Za-z])(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    # Our own texts are English codes: what is Chinese is data, most likely somebody's name.
    re.compile(f"[{_HAN}][{_HAN}·]*"),
    # Compact JWT: three base64url parts.
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"),
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s@]*@")
# What a line may show of; anything else (a row, a contract, an exception) could hold whatever it likes.
_PLAIN = (str, int, float, UUID, date, time, timedelta, Decimal)
_FRAMES_SHOWN = 30


def configure(
    service: str,
    role: str = "service",
    format: Literal["json", "console"] = "json",
    *,
    level: str = "INFO",
    stream: TextIO | None = None,
) -> None:
    """Send every log line of this process, the libraries' too, to `stream` (standard output) in one `format`.

    `service` and `role` are on every line. Calling it again replaces the earlier configuration.
    """

    def add_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"service": service, "role": role, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
    ]
    output: list[Processor]
    target = stream or sys.stdout
    if format == "json":
        output = [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    else:
        output = [_exception_as_text, structlog.dev.ConsoleRenderer(colors=target.isatty())]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            add_process,
            mask_personal_data,
            *output,
        ],
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Their debug and info lines repeat message bodies and statements; warnings are what we want to hear.
    for library in ("amqp", "kombu", "sqlalchemy", "urllib3", "eventlet", "nameko"):
        logging.getLogger(library).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log = get_logger(__name__)`, then `log.info("bill_paid", bill_id=bill.id)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bound(**values: Any) -> AbstractContextManager[None]:
    """Put values (correlation_id, event_type, …) on every line logged inside the block.

    Context variables carry them, which are separate per thread and per green thread.
    """
    return structlog.contextvars.bound_contextvars(**values)


def mask(value: Any, key: str = "") -> Any:
    """`value` with all that is personal or secret, by the name of its `key` or by its look, made `***`."""
    if _is_sensitive(key) and not (value is None or isinstance(value, bool)):
        return MASK
    if isinstance(value, Mapping):
        return {name: mask(item, str(name)) for name, item in value.items()}
    if type(value) in (list, tuple, set, frozenset):
        return [mask(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, _PLAIN):
        return f"<{type(value).__name__}>"
    text = str(value)
    masked = _mask_text(text)
    return value if masked == text else masked


def mask_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Processor: mask every field of the line."""
    return {key: mask(value, key) for key, value in event.items()}


_describe = ExceptionDictTransformer(show_locals=False, max_frames=_FRAMES_SHOWN)


def describe_exception(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> EventDict:
    """Processor: exceptions by type, place and a text that has lost its data; never local variables."""
    info = event.pop("exc_info", None)
    if not info:
        return event
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    elif not isinstance(info, tuple):
        info = sys.exc_info()
    if info[0] is None:
        return event
    event["exception"] = [
        {
            "type": part["exc_type"],
            "text": _exception_text(part["exc_value"]),
            "frames": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in part["frames"]],
        }
        for part in _describe(info)
    ]
    return event


def _exception_text(text: str) -> str:
    # pydantic repeats its input and PostgreSQL shows the row: both from the second line on.
    return _mask_text(text.split("\n", 1)[0])


def _exception_as_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    parts = event.get("exception")
    if isinstance(parts, list):
        lines: list[str] = []
        for part in reversed(parts):
            lines += [*(f"  {frame}" for frame in part["frames"]), f"{part['type']}: {part['text']}"]
        event["exception"] = "\n".join(lines)
    return event


def _is_sensitive(key: str) -> bool:
    name = key.lower().replace("-", "_")
    return bool(_SECRET_KEY.search(name) or _PERSONAL_KEY.search(name))


def _mask_text(text: str) -> str:
    text = _URL_PASSWORD.sub(rf"\1:{MASK}@", text)
    for pattern in _LOOKS_PERSONAL:
        text = pattern.sub(MASK, text)
    return text
