"""Asterisk's own records of calls, CEL and CDR, read wherever it writes them and told as calls."""
