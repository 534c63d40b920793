"""Checks that name the mistake, and marks that student code cannot change: for any course."""
