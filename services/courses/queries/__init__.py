"""What courses answers."""

from services.courses.queries.catalogue import get_course, list_courses, list_terms
from services.courses.queries.plan import get_plan
from services.courses.queries.programmes import get_programme, list_programmes
from services.courses.queries.rounds import get_selection_round, list_selection_rounds
from services.courses.queries.selections import (
    get_selection,
    get_withdrawal,
    list_cohort,
    list_selections,
    list_withdrawals,
)
from services.courses.queries.states import course_items, programme_items
from services.courses.queries.statistics import get_selection_statistics, list_selection_facts

__all__ = [
    "course_items",
    "get_course",
    "get_plan",
    "get_programme",
    "get_selection",
    "get_selection_round",
    "get_selection_statistics",
    "get_withdrawal",
    "list_cohort",
    "list_courses",
    "list_programmes",
    "list_selection_facts",
    "list_selection_rounds",
    "list_selections",
    "list_terms",
    "list_withdrawals",
    "programme_items",
]
