"""Alembic's environment, the same for every service: the connection and the metadata are handed in.

Each revision is a transaction of its own, so that the locks of one are not held while others run. Who hands in a
connection whose transaction has begun gets all of them in that one.
"""

from alembic import context

from chassis.provisioning.migrations import comparable

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    compare_type=True,
    compare_server_default=False,
    include_object=comparable(config.attributes["metadata"]),
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
