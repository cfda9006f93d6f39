"""Scripts that measure; see docs/benchmarks.md. Run from the root: `python -m benchmarks.speed`."""

import os

# As the program, which sets it before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
