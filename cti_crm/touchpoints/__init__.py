"""The log of interactions with a contact, and the wrap-up of a call."""
