"""What is seen of a running worker from outside: metrics, health, progress."""
