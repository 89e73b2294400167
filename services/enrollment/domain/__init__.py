"""The rules of applications and admission: pure functions and tables."""
