"""Everything that crosses the bus: commands, queries, views, events, errors and permissions.

The only package that services share. It holds no rule and knows no framework but pydantic.
"""
