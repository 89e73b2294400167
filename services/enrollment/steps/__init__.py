"""What commands and reactions have in common."""
