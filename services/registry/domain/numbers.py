"""Numbers that the registry gives."""

from chassis.work.number_templates import Day, NumberTemplate, Serial, Text

CERTIFICATE_NUMBER = NumberTemplate("enrolment_certificate", (Text("ZX"), Day("%Y"), Serial(7)), dense=False)
