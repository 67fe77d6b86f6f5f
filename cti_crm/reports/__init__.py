"""Read models for managers: the call log. No writes."""
