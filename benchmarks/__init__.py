"""Scripts that measure; see docs/benchmarks.md. Run from the root: `python -m benchmarks.speed`."""
