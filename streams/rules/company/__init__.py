"""What a company is as a whole: its lock, who is at work there, where its records go (rules 6, 7, 14)."""
