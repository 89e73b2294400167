"""The broker: what is sent, from whom it is believed, how it is kept until it is handled; events, copies, calls."""
