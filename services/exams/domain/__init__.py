"""The rules of exam rounds and registrations: pure functions and tables."""
