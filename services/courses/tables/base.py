"""The metadata that all tables of the service share."""

from chassis.data.tables import service_metadata

metadata = service_metadata("courses")
