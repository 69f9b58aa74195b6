"""Renames of tokens carried into the code of those who use them, by the names that exporters give."""
