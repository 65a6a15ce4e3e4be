"""The console's pages, one file each. A page reads in the engine's thread and shows; what it changes is a command, as any other."""
