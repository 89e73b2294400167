"""What stands behind ./jiaowu: sets the system up, runs it, checks it. Knows no service by name."""
