"""The app: what the command centre looks at. It asks `gridgov` and draws; it computes nothing."""
