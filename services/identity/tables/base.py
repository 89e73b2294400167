"""The metadata that all tables of the service share."""

from chassis.data.tables import service_metadata
from chassis.work.public import guarding_tables

metadata = service_metadata("identity")
guarding_tables(metadata)
