"""What courses answers."""

from services.courses.queries.states import course_items, programme_items

__all__ = ["course_items", "programme_items"]
