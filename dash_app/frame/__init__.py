"""What stands around every page, and what pages are built of."""
