"""What goes wrong with a set-up, as whoever set it up is told of it.

Standard library only: the launcher needs it before anything is installed.
"""


class SetUpProblem(Exception):
    """Something about the set-up stands in the way. Its message says in a sentence what it is and what to do: people
    are told that and see no traceback."""
