"""Giving back: marks and feedback in the form in which Moodle and Canvas take them back."""
