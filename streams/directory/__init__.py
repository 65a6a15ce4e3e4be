"""The replica of accounts, links and reps that each worker keeps, and what rules ask of it."""
