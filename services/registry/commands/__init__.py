"""What the registry can be told to do."""
