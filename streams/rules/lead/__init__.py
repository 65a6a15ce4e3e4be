"""A lead, from its arrival to its rep and its answer (rules 19-23)."""
