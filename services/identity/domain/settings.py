"""What the school sets of what identity keeps, for itself and for the other services."""

from contracts.school import SCHOOL_ENGLISH_NAME, SCHOOL_NAME

SETTINGS = (SCHOOL_NAME, SCHOOL_ENGLISH_NAME)
