"""One small picture of every function in gmm_ref.figures, drawn from fixed numbers."""

import json
from pathlib import Path

import numpy as np
from matplotlib.text import Text

from gmm_ref import Parameters, datasets, e_step, figures, fit, m_step, sample_mixture

BASELINE = Path(__file__).with_name("baseline")
DPI = 50

LINE = ([0.3, 0.7], [0.0, 4.0], [1.0, 1.5])
GRID = np.linspace(-5, 10, 101)
PLANE = Parameters(
    weights=np.array([0.5, 0.3, 0.2]),
    means=np.array([[0.0, 0.0], [4.0, 1.0], [1.0, 4.0]]),
    covariances=np.array(
        [[[1.0, 0.6], [0.6, 1.0]], [[0.5, 0], [0, 2.0]], [[1, -0.4], [-0.4, 0.5]]]
    ),
)
START = Parameters(
    weights=np.array([0.5, 0.5]),
    means=np.array([[2.0, 80.0], [5.0, 60.0]]),
    covariances=np.array([[[1.0, 0], [0, 100.0]]] * 2),
)


def rng():
    return np.random.default_rng(74)


def plane():
    return sample_mixture(*PLANE, 60, rng())


def plate_diagram():
    fig, ax = figures.canvas(height=3)
    return fig, figures.plate_diagram(ax)


def ladder():
    fig, axes = figures.canvas(4, 1, height=7, height_ratios=[1, 2, 2, 2])
    return fig, figures.ladder(axes, *LINE, 2.0)


def hidden_labels():
    fig, ax = figures.canvas()
    return fig, figures.hidden_labels(ax, plane()[0])


def drawn_points():
    fig, axes = figures.canvas(1, 2)
    return fig, figures.drawn_points(axes, *PLANE[1:], 60, rng())


def labelled_points():
    fig, ax = figures.canvas()
    return fig, figures.labelled_points(ax, *plane())


def scored_guess():
    fig, ax = figures.canvas()
    X, z = plane()
    return fig, figures.scored_guess(ax, X, (X[:, 0] > 2).astype(int), z)


def soft_points():
    fig, ax = figures.canvas()
    X, _ = plane()
    return fig, figures.soft_points(ax, X, e_step(X, *PLANE))


def components():
    fig, ax = figures.canvas()
    return fig, figures.components(ax, *PLANE)


def mixture_density():
    fig, ax = figures.canvas()
    return fig, figures.mixture_density(ax, *LINE, GRID)


def density_map():
    fig, ax = figures.canvas()
    return fig, figures.density_map(ax, *PLANE)


def jensen():
    fig, ax = figures.canvas()
    return fig, figures.jensen(ax, [0.3, 0.7], [0.5, 0.02])


def far_density():
    fig, ax = figures.canvas()
    return fig, figures.far_density(ax, *LINE, np.linspace(0, 80, 161))


def sum_or_mixture():
    fig, axes = figures.canvas(1, 2, sharey=True)
    return fig, figures.sum_or_mixture(axes, *LINE, rng())


def one_label_or_many():
    fig, axes = figures.canvas(1, 2, sharex=True)
    return fig, figures.one_label_or_many(axes, *LINE, 12, rng())


def label_table():
    fig, ax = figures.canvas()
    X, _ = plane()
    return fig, figures.label_table(ax, e_step(X[:5], *PLANE))


def labellings():
    fig, axes = figures.canvas(2, 1)
    before, after = rng().dirichlet(np.ones(9)), rng().dirichlet(np.full(9, 0.2))
    return fig, figures.labellings(axes, before, after)


def responsibility_curves():
    fig, ax = figures.canvas()
    return fig, figures.responsibility_curves(ax, *LINE, GRID)


def posterior_entropy_curve():
    fig, ax = figures.canvas()
    return fig, figures.posterior_entropy_curve(ax, *LINE, GRID)


def bound():
    fig, ax = figures.canvas()
    X, start = datasets.seven_points()
    return fig, figures.bound(ax, X, start, 2, -2.0)


def q_slope():
    fig, ax = figures.canvas()
    X = datasets.old_faithful()
    return fig, figures.q_slope(ax, X, e_step(X, *START), START)


def moments():
    fig, ax = figures.canvas()
    X = datasets.old_faithful()
    return fig, figures.moments(ax, X, m_step(X, e_step(X, *START)))


def em_film():
    fig, axes = figures.canvas(1, 3, sharex=True, sharey=True)
    X = datasets.old_faithful()
    thetas = [fit(X, START, max_iter=steps).parameters for steps in (0, 4, 12)]
    return fig, figures.em_film(axes, X, thetas)


def log_likelihood_trace():
    fig, ax = figures.canvas()
    X, start = datasets.seven_points()
    return fig, figures.log_likelihood_trace(ax, fit(X, start).log_likelihoods)


def fits():
    """Three runs, of which two end at the same place, with the components the other way round."""
    X = datasets.old_faithful()
    twin = START._replace(means=np.tile(X.mean(axis=0), (2, 1)))
    turned = START._replace(means=START.means[::-1])
    return [fit(X, start) for start in (START, turned, twin)]


def ends_of_runs():
    fig, ax = figures.canvas()
    return fig, figures.ends_of_runs(ax, fits())


def local_maxima():
    fig, axes = figures.canvas(1, 2, sharex=True, sharey=True)
    return fig, figures.local_maxima(axes, datasets.old_faithful(), fits())


def collapse():
    fig, axes = figures.canvas(1, 2)
    X, _ = datasets.seven_points()
    return fig, figures.collapse(axes, X, 10.0 ** -np.arange(8))


def bug_zoo():
    fig, axes = figures.canvas(1, 2)

    def equal_weights(X, R):
        return m_step(X, R)._replace(weights=np.full(2, 0.5))

    return fig, figures.bug_zoo(axes, datasets.old_faithful(), START, equal_weights, "equal")


PICTURES = {
    draw.__name__: draw
    for draw in [
        bound,
        bug_zoo,
        collapse,
        components,
        density_map,
        drawn_points,
        em_film,
        ends_of_runs,
        far_density,
        hidden_labels,
        jensen,
        label_table,
        labelled_points,
        labellings,
        ladder,
        local_maxima,
        log_likelihood_trace,
        mixture_density,
        moments,
        one_label_or_many,
        plate_diagram,
        posterior_entropy_curve,
        q_slope,
        responsibility_curves,
        scored_guess,
        soft_points,
        sum_or_mixture,
    ]
}


def words(fig):
    """What the picture says, but for the numbers on its axes."""
    legends = [*fig.legends, *(ax.get_legend() for ax in fig.axes if ax.get_legend())]
    said = [text.get_text() for legend in legends for text in legend.findobj(Text)]
    for ax in fig.axes:
        said += [ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
        said += [text.get_text() for text in ax.texts]
    return [text for text in said if text]


def without_words(fig):
    """The figure with all letters taken out: they are a pixel wider in another version."""
    for ax in fig.axes:
        ax.set(title="", xlabel="", ylabel="", xticks=[], yticks=[])
        ax.minorticks_off()
        for part in [*ax.texts, ax.get_legend()]:
            if part is not None:
                part.remove()
    for legend in list(fig.legends):
        legend.remove()
    return fig


if __name__ == "__main__":  # after a change that is meant: write what test_figures.py compares with
    said = {}
    for name, draw in PICTURES.items():
        fig, _ = draw()
        said[name] = words(fig)
        without_words(fig).savefig(BASELINE / f"{name}.png", dpi=DPI)
    (BASELINE / "words.json").write_text(json.dumps(said, indent=1) + "\n")
