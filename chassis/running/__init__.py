"""Processes: requests answered, long work carried out, due jobs, health, logs."""
