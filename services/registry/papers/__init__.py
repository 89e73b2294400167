"""Workbooks that people fill in, and what their columns are."""
