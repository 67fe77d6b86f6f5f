"""Users, passwords, sessions, API tokens and roles."""
