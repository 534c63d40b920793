"""The known mistakes: one module a section, one function a mistake, its message beside it."""
