"""How features tell each other what happened without importing each other."""
