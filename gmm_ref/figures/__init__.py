"""Every picture of the chapter, as a function that takes its axes and returns what it drew.

Components differ in colour (Okabe-Ito) and in marker, line style or hatch as well.
"""

from gmm_ref.figures.bug_zoo import bug_zoo
from gmm_ref.figures.em import (
    bound,
    collapse,
    em_film,
    ends_of_runs,
    local_maxima,
    log_likelihood_trace,
    moments,
    q_slope,
)
from gmm_ref.figures.full_dataset import label_table, labellings, one_label_or_many
from gmm_ref.figures.generative_model import (
    components,
    drawn_points,
    hidden_labels,
    labelled_points,
    ladder,
    plate_diagram,
    scored_guess,
    sum_or_mixture,
)
from gmm_ref.figures.likelihood import (
    density_map,
    far_density,
    jensen,
    mixture_density,
)
from gmm_ref.figures.page import (
    canvas,
    image,
    show,
    slide,
    table,
)
from gmm_ref.figures.posterior import posterior_entropy_curve, responsibility_curves, soft_points

__all__ = [
    "bound",
    "bug_zoo",
    "canvas",
    "collapse",
    "components",
    "density_map",
    "drawn_points",
    "em_film",
    "ends_of_runs",
    "far_density",
    "hidden_labels",
    "image",
    "jensen",
    "label_table",
    "labelled_points",
    "labellings",
    "ladder",
    "local_maxima",
    "log_likelihood_trace",
    "mixture_density",
    "moments",
    "one_label_or_many",
    "plate_diagram",
    "posterior_entropy_curve",
    "q_slope",
    "responsibility_curves",
    "scored_guess",
    "show",
    "slide",
    "soft_points",
    "sum_or_mixture",
    "table",
]
