"""What the ID-card agents on office machines put on the bus."""
