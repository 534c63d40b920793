"""Handing out: what students get, and nothing else."""
