"""The same person twice: found, merged without loss, and the merging undone."""
