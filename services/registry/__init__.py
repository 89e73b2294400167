"""Student records and their status changes."""
