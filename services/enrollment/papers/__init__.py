"""Tables that enrollment takes in."""
