"""The rules of money: prices, what goes back, who decides, and the entries of the ledger."""
