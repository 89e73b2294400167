"""The rules of student records: pure functions and tables."""
