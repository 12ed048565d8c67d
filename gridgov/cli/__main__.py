"""`python -m gridgov.cli` is `gridgov`."""

from gridgov.cli import main

main()
