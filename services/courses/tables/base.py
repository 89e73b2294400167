"""The metadata that all tables of the service share."""

from chassis.tables import service_metadata

metadata = service_metadata("courses")
