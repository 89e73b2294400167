"""What every service runs on: transactions, messages, RPC, workflows, schedules. Knows no service."""
