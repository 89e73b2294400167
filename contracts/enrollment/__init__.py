"""What enrollment is told, asked, answers and publishes."""
