"""What finance is told to do."""
