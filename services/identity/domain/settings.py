"""What the school sets of what identity keeps, for itself and for the other services."""

from contracts.school import SCHOOL_ENGLISH_NAME, SCHOOL_LOGO, SCHOOL_NAME, SCHOOL_SEAL

SETTINGS = (SCHOOL_NAME, SCHOOL_ENGLISH_NAME, SCHOOL_SEAL, SCHOOL_LOGO)
