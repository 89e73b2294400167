"""The console: what it is made from (`python -m gateway.console <folder>` writes that), and how it is served."""
