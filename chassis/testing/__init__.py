"""For tests: a service on a real database without a broker, and a world of services with a pump between them."""
