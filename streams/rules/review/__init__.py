"""Ownership reviews (rules 17, 18)."""
