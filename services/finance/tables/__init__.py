"""What finance keeps: fees and rules, bills, payments of them, refunds, and the ledger."""
