"""The command line: the same services as the window, in words or as JSON."""
