"""Fee standards, bills, remittances, withdrawal reviews, refunds and the ledger."""
