"""What courses answers."""

from services.courses.queries.catalogue import get_course, list_courses, list_terms
from services.courses.queries.programmes import get_programme, list_programmes
from services.courses.queries.rounds import get_selection_round, list_selection_rounds
from services.courses.queries.states import course_items, programme_items

__all__ = [
    "course_items",
    "get_course",
    "get_programme",
    "get_selection_round",
    "list_courses",
    "list_programmes",
    "list_selection_rounds",
    "list_terms",
    "programme_items",
]
