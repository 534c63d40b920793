"""A released check cell says how to get the package of the checks, should it not be there."""

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Unicode


class PackageHint(NbGraderPreprocessor):
    """Adds a comment to the import of the checks: an error shows the line that it comes from."""

    checks = Unicode(help="The package or module of the checks.").tag(config=True)
    hint = Unicode("not found? Type in the hand-out: python start.py", help="The comment.").tag(
        config=True
    )

    def preprocess_cell(self, cell, resources, cell_index):
        """Add the comment to a test cell's import, if it is one."""
        if cell.cell_type == "code" and is_grade(cell):
            lines = cell.source.split("\n")
            for number, line in enumerate(lines):
                if line.startswith(f"from {self.checks} import ") and "#" not in line:
                    lines[number] = f"{line}  # {self.hint}"
            cell.source = "\n".join(lines)
        return cell, resources
