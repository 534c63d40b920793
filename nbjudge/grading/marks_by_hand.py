"""Marks given by hand: each is for a text, and is gone when another text is handed in for it."""

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from nbjudge.grading import journal
from nbjudge.grading.notebook.record import RECORD


class KeepMarksByHand(NbGraderPreprocessor):
    """Keeps the marks that were given by hand for the answers of a notebook that are as they were.

    One for a test is for all code. Where a mark is taken back, the cell waits to be marked again.
    """

    def preprocess(self, nb, resources):
        """The notebook as it is; what changed since its last grading loses its marks by hand."""
        place, answers = resources["nbgrader"], nb.metadata[RECORD]["answers"]
        which = {name: place[name] for name in ("assignment", "student", "notebook")}
        with Gradebook(place["db_url"]) as gradebook:
            before = journal.answers(gradebook, which)
            changed = {name for name in before if before[name] != answers.get(name)}
            for grade in gradebook.find_submission_notebook(
                which["notebook"], which["assignment"], which["student"]
            ).grades:
                texts = {grade.name} if grade.name in answers else _code(nb)
                if texts & changed and (grade.manual_score, grade.extra_credit) != (None, None):
                    self._take_back(grade)
            # Together with the marks: a stop between the two would keep one for another text.
            journal.write_answers(gradebook, which, answers)
        return nb, resources

    def _take_back(self, grade):
        self.log.warning("%s: another answer than the one that was marked by hand.", grade.name)
        grade.manual_score = grade.extra_credit = None
        grade.needs_manual_grade = True


def _code(nb):
    """The names of a notebook's cells of code that nbgrader knows."""
    known = [cell for cell in nb.cells if "nbgrader" in cell.metadata]
    return {cell.metadata.nbgrader.grade_id for cell in known if cell.cell_type == "code"}
