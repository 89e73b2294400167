"""What courses can be told to do."""
