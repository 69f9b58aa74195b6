"""Runs the conformance cases against any implementation and tells what it holds (docs/conformance.md)."""
