"""Notes on calls and contacts, kept as they are typed."""
