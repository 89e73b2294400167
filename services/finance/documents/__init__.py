"""Documents about money, each with its template."""
