"""One notebook, run and judged; many at once."""
