"""What people may command, and what a command does (rule 27)."""
