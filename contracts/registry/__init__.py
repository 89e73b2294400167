"""Student records and status changes."""
