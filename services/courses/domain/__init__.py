"""Rules of the courses service: pure functions and tables, no database."""
