"""Settings of the school that several services use. Identity owns them; whoever reads one keeps a copy
(`SchoolSettingState`)."""

from contracts.pictures import SmallPicture
from contracts.settings import Setting
from contracts.types import ShortText, Text

SCHOOL_NAME = Setting("school_name", ShortText, default="开放大学", shared=True)
"""As it is written on documents, in Chinese."""

SCHOOL_ENGLISH_NAME = Setting("school_english_name", Text, default="Open University", shared=True)
"""The same in English."""

SCHOOL_SEAL = Setting("school_seal", SmallPicture, default="", shared=True)
"""Printed over its name where a document has it; without one there is room to put it by hand."""

SCHOOL_LOGO = Setting("school_logo", SmallPicture, default="", shared=True)
"""Printed at the head of documents."""
