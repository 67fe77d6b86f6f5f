"""The bench: `python -m tests.load` prints tables and writes docs/benchmarks.md. Asserts nothing about time."""
