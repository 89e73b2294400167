"""The ID-card agent: a program for office machines that reads identity cards and publishes readings."""
