"""Exam rounds with sessions and courses, and exam registrations."""
