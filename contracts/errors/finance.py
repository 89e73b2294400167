"""Refusals of the finance service."""

from contracts.errors import ErrorText

TEXTS: dict[str, ErrorText] = {}
