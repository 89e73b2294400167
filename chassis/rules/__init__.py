"""Rules of the field that several services judge by: documents, ethnic groups, plausible days, programmes."""
