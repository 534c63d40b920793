"""An exercise, its cases, its known mistakes, the diagnosis, the message."""
