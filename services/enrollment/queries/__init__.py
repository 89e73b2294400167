"""What enrollment answers."""
