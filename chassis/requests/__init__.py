"""Reviewed requests: somebody asks for something, others decide, and all around it is the same for every kind."""
