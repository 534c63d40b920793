"""What nbgrader is set to in every course that nbjudge grades."""

from nbgrader.converters import GenerateAssignment

from nbjudge.grading import nbgrader_patches
from nbjudge.grading.notebook.package_hint import PackageHint


def configure(c, checks):
    """Set the configuration ``c`` of an nbgrader_config.py; what stands below its call is kept.

    checks: the name of the package or module that holds the course's checks.
    """
    nbgrader_patches.wait_for_gradebook()
    # Student code runs in a sandbox, where this package is not to be found, and what judges it
    # outside. A change of the package grades the class anew. Limits: c.SandboxExecute.….
    c.SandboxExecute.checks = checks
    c.Autograde.autograde_preprocessors = [
        "nbjudge.grading.run.preprocessor.SandboxExecute",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        # A mark by hand is for the text that it was given for.
        "nbjudge.grading.marks_by_hand.KeepMarksByHand",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    # A submission is read whatever is in the file, its links not followed, and put right: every
    # cell that the gradebook knows once, as it was given, and no text that does something where it
    # is shown. nbgrader's own sanitisers would find nothing left to do.
    # Limits: c.SubmissionExporter.….
    c.Autograde.exporter_class = "nbjudge.grading.notebook.reading.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = [
        "nbjudge.grading.notebook.repair.Repair",
        "nbjudge.grading.notebook.inert.Inert",
        "nbgrader.preprocessors.OverwriteKernelspec",
    ]
    # A notebook is held against its format once, not after each of these.
    c.Exporter.optimistic_validation = True
    c.GenerateFeedback.exporter_class = "nbjudge.grading.feedback.FeedbackExporter"
    # In formgrader no name of a student's is markup.
    c.HTMLExporter.preprocessors = ["nbjudge.grading.formgrader.PlainNames"]

    # When a student validates: an endless loop is stopped and the next cells still run.
    c.ExecutePreprocessor.timeout = 30
    c.ExecutePreprocessor.interrupt_on_timeout = True
    # A kernel's remarks on its own transport are not for the teacher.
    c.ExecutePreprocessor.extra_arguments = ["--IPKernelApp.log_level=ERROR"]
    # A check cell says how to get what it imports, to a student who has not got it.
    c.PackageHint.checks = checks
    c.GenerateAssignment.preprocessors = [PackageHint, *_usual(GenerateAssignment)]
    # What stands in a released notebook where the solution was.
    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    c.ClearSolutions.text_stub = "YOUR ANSWER HERE"


def _usual(converter):
    """The preprocessors that a converter of nbgrader's has by itself."""
    return converter.class_traits()["preprocessors"].default()
