"""What enrollment can be told to do."""
