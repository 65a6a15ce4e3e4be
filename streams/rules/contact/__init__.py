"""How one contact is held, written to and answered, whatever the order of arrival (rules 1-6, 9-13, 16)."""
