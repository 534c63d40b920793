"""What runs beside the student's code, inside the sandbox, where nothing else of ours is found."""
