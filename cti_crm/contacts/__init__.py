"""People and organisations, their numbers, and which of them a number belongs to."""
