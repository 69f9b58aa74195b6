"""The rules that only the whole set can tell, each in a file of its own; the registry has them in order."""
