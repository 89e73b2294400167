"""What other services' events make finance do."""
