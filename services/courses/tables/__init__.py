"""Tables of the courses service and who sees which of their rows."""
