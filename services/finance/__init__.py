"""Fees, bills, payments, refunds and the ledger."""
