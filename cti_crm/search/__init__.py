"""Read model: one search over contacts, organisations and notes, as one types."""
