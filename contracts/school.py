"""Settings of the school that several services use. Identity owns them; whoever reads one keeps a copy
(`SchoolSettingState`)."""

from contracts.settings import Setting
from contracts.types import ShortText, Text

SCHOOL_NAME = Setting("school_name", ShortText, default="开放大学", shared=True)
"""As it is written on documents, in Chinese."""

SCHOOL_ENGLISH_NAME = Setting("school_english_name", Text, default="Open University", shared=True)
"""The same in English."""
