"""Refusals of the exams service."""

from contracts.errors import ErrorText

TEXTS: dict[str, ErrorText] = {}
