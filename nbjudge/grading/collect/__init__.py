"""Taking in: hand-ins as they come out of a learning platform, placed in submitted/."""
