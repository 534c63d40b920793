"""Which known mistakes a wrong answer agrees with, and what can be said where none does."""
