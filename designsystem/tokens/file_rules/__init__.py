"""The rules that one token file alone can tell, each in a file of its own; they are asked while the file is read."""
