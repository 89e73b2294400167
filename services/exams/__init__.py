"""Exam rounds with their sessions and courses, and the exam registrations of students."""
