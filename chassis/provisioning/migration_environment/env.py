"""Alembic's environment, the same for every service: the connection and the metadata are handed in."""

from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
