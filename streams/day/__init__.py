"""Days of traffic, made up from a seed: what `leadlock demo` plays, and what tests and benchmarks measure with.

Everything here is pure: the same seed and lists give the same events, to the byte.
"""
