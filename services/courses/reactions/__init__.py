"""What courses does when it hears of payments, refunds, refused registrations and status changes."""
