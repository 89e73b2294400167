"""Migrations of the tables that every service has: one step each, which every service's own migration calls.

A step that was released never changes.
"""
