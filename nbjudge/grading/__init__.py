"""Running a class: the course folder, its submissions, marks and pages, the command line."""
