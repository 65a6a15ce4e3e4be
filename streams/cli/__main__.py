"""`python -m streams.cli`: the same as `leadlock`."""

from streams.cli import main

main()
