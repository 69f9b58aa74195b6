"""Benchmarks: what the service costs beside named peers on the same machine, in one run, as ratios."""
