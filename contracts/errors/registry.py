"""Refusals of the registry service."""

from contracts.errors import ErrorText

TEXTS: dict[str, ErrorText] = {}
