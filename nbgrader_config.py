"""How nbgrader works on this course: ``nbgrader autograde``, formgrader and gmm-course alike."""

c = get_config()  # noqa: F821  (nbgrader puts it there)

c.CourseDirectory.course_id = "gmm-7.4"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# A submission is read whatever is in the file, its links not followed, and put right: every cell
# that the gradebook knows once, as it was given. nbgrader's own sanitisers would find nothing left
# to do. Limits: c.SubmissionExporter.….
c.Autograde.exporter_class = "nbjudge.grading.notebook.reading.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbjudge.grading.notebook.repair.Repair",
    "nbgrader.preprocessors.OverwriteKernelspec",
]
# Student code runs in a sandbox, and what judges it outside. Limits: c.SandboxExecute.….
c.Autograde.autograde_preprocessors = [
    "nbjudge.grading.run.preprocessor.SandboxExecute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# The package that holds the checks: the sandbox hides it, and a change of it grades the class anew.
c.SandboxExecute.checks = "gmm_ref.checks"
# A notebook is held against its format once, not after each of these.
c.Exporter.optimistic_validation = True
c.GenerateFeedback.exporter_class = "nbjudge.grading.feedback.FeedbackExporter"

# One cell may take this long; an endless loop is stopped and the next cells still run.
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
# A kernel's remarks on its own transport are not for the teacher.
c.ExecutePreprocessor.extra_arguments = ["--IPKernelApp.log_level=ERROR"]
# What stands in a released notebook where the solution was.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
