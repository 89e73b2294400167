"""What exams can be told to do."""
