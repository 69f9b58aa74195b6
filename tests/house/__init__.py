"""Checks of the rules that CONTRIBUTING.md gives."""
