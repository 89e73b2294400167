"""How a service is declared: what it answers, hears, copies, publishes and does by the clock, as a table."""
