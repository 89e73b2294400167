"""Numbers that finance gives. Bills and refunds, of which a reaction makes thousands by one statement, are counted by
their tables (`tables/shared.py`)."""

from chassis.work.number_templates import Day, NumberTemplate, Serial, Text

SLIP_NUMBER = NumberTemplate("remittance_slip", (Text("HK"), Day("%Y%m"), Serial(6)), dense=False)
"""汇款单号, which payers write on their transfers: HK202609000001. What came to nothing may leave a gap (FIN-5)."""
