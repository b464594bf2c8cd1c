"""What would happen: the plan of an incident that never was. Nothing is written."""
