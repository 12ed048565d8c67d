"""The commands of the command line, one a file; gridgov.cli puts them together."""
