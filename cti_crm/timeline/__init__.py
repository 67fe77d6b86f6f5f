"""Read model: all that happened with a contact or an organisation, newest first."""
