"""Lists of contacts by what is known about them: saved, changed many at once, exported."""
