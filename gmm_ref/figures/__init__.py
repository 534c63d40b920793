"""Every picture of the chapter, as a function that takes its axes and returns what it drew.

Components differ in colour (Okabe-Ito) and in marker, line style or hatch as well.
"""

from gmm_ref.figures.bug_zoo import bug_zoo
from gmm_ref.figures.em import bound, collapse, em_film, local_maxima, log_likelihood_trace
from gmm_ref.figures.full_dataset import one_label_or_many
from gmm_ref.figures.generative_model import (
    components,
    hidden_labels,
    labelled_points,
    ladder,
    plate_diagram,
    scored_guess,
    sum_or_mixture,
)
from gmm_ref.figures.likelihood import mixture_density
from gmm_ref.figures.page import canvas, image, show, slide
from gmm_ref.figures.posterior import posterior_entropy_curve, responsibility_curves, soft_points

__all__ = [
    "bound",
    "bug_zoo",
    "canvas",
    "collapse",
    "components",
    "em_film",
    "hidden_labels",
    "image",
    "labelled_points",
    "ladder",
    "local_maxima",
    "log_likelihood_trace",
    "mixture_density",
    "one_label_or_many",
    "plate_diagram",
    "posterior_entropy_curve",
    "responsibility_curves",
    "scored_guess",
    "show",
    "slide",
    "soft_points",
    "sum_or_mixture",
]
