"""What the benchmark of the app measures: answers of the server, the browser, many analysts at once."""
