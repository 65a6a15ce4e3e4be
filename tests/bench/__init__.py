"""What the project promises of speed, measured: `python -m tests.bench`, or `make bench`."""
