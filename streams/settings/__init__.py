"""What an installation sets, from environment and file; wrong ones are named at start."""
