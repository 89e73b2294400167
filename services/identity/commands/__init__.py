"""What identity can be told to do."""
