"""Numbers known apart from the contacts: those marked as spam, and our own mobiles."""
