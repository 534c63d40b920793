"""How nbgrader works on this course: ``nbgrader autograde``, formgrader and gmm-course alike."""

from nbjudge.grading.config import configure

c = get_config()  # noqa: F821  (nbgrader puts it there)

c.CourseDirectory.course_id = "gmm-7.4"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
configure(c, checks="gmm_ref.checks")

# What goes out with the exercises; the demonstration's answers do not.
c.Handout.title = "The latent-variable perspective"
c.Handout.chapter = "chapter7"
c.Handout.packages = {"gmm-companion": ["gmm_ref", "nbjudge"]}
c.Handout.leave_out = ["gmm_ref/demo*"]
