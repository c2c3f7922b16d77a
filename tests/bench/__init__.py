"""Benchmarks: what the console takes beside what a baseline takes, in the same run, on the same data."""
