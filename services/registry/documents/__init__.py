"""Documents about students, each with its template."""
