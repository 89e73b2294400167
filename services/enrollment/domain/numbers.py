"""Numbers that enrollment gives beside student numbers."""

from chassis.work.number_templates import Day, NumberTemplate, Serial, Text

APPLICATION_NUMBER = NumberTemplate("application", (Text("BM"), Day("%Y%m"), Serial(6)), dense=False)
