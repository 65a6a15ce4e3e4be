"""What a rep holds goes to another (rule 8)."""
