"""What everything stands on: who acts and why, ids, the clock, settings from the environment, metrics, failures."""
