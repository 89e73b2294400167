"""What other services' events make exams do."""
