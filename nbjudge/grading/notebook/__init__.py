"""Reading a submission, and putting it right."""
