"""What stands before the first process: databases with their roles and rights, queues with theirs, migrations."""
