"""What people do with rows: the steps of a workflow, lists of rows of which some are refused, the audit trail."""
