"""The courses service: catalogue, programmes, selection rounds, selections and withdrawals."""
