"""Catalogue, programmes, selection rounds, selections and withdrawals."""
