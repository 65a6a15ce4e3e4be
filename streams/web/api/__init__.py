"""The addresses that machines use, one file a resource."""
