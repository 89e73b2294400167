"""What stands in the tables that people send: read in a process of its own, which may use little and is soon done.

Nothing here knows contracts or columns: what is told are rows of cells (`cells`), as they stand in the file.
"""
