"""Running a class: the course folder, the demonstration class, the command line."""
