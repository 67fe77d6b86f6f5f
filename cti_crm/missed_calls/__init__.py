"""Missed calls as a work list: who waits for a call back, who sees to it, until when."""
