"""Refusals of the courses service."""

from contracts.errors import ErrorText

TEXTS: dict[str, ErrorText] = {}
