"""The rules of engagement: pure functions from what is known and one event to what changes and what is said."""
