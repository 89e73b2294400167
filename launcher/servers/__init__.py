"""Private PostgreSQL and RabbitMQ: own folder, own ports, loopback only, next to whatever else runs."""
