"""What courses answers."""
