"""What a reader looks at, and the answers to it: the address, the questions asked on its behalf, what is remembered."""
