"""Whether the services agree: selections, bills, registrations, refunds, the ledger (docs/sagas.md, section 5)."""
