"""Tables of identity and who sees which of their rows."""
