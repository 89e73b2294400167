"""The contracts as JSON Schemas, one file a service, and the check that a change breaks nobody.

`python -m contracts.schemas` writes the files that stand beside this module.
"""
