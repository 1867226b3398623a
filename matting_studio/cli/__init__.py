"""The command line: one file per command, each a short function over core and app."""
