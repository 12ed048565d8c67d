"""Loading: read -> validate -> locate -> stage -> merge, with an account of every row."""
