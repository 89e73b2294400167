"""What commands and reactions share: each step is set-based, whoever causes it."""
