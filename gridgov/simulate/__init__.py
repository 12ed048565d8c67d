"""The demo town: a believable town in files, with the truth written down. Everything in it is invented."""
