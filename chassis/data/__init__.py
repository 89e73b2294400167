"""A service and its database: tables and their row scope, transactions, pages, hot statements, many rows at once."""
