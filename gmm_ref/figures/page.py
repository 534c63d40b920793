"""How a picture reaches the page: a canvas, an image with its alt text, and sliders."""

import base64
import html
import io

from IPython.display import HTML, display
from matplotlib.figure import Figure

PIXELS_PER_INCH = 96  # of the page; the picture itself has twice as many, for fine screens


def canvas(rows=1, columns=1, width=7.0, height=3.6, **subplots):
    """An empty figure and its axes: (Figure, Axes), or (Figure, array of Axes) for several.

    width and height in inches; further arguments go to `Figure.subplots`. The ground is white
    on every page, so that black letters and the colours keep their contrast on a dark one.
    """
    fig = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    axes = fig.subplots(rows, columns, **subplots)
    for ax in fig.axes:
        ax.spines[["top", "right"]].set_visible(False)
    return fig, axes


def image(fig, alt):
    """The figure as an HTML image, a string, with ``alt`` for those who cannot see it."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=2 * PIXELS_PER_INCH)
    data = base64.b64encode(buffer.getvalue()).decode()
    width = round(fig.get_figwidth() * PIXELS_PER_INCH)
    return (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}" '
        f'style="width: {width}px; max-width: 100%; height: auto; border-radius: 4px">'
    )


def show(fig, alt):
    """Display the figure in a notebook, with its alt text; it returns what it displays."""
    picture = HTML(image(fig, alt))
    display(picture)
    return picture


def slide(draw, alt, **sliders):
    """Display sliders, and under them the figure ``draw(**values)``, drawn anew at each move.

    draw, a function of the values that returns a Figure; alt, a format string of the values;
    sliders, one ipywidgets control for each argument of ``draw``, of the same name.
    Where no kernel runs, the figure at the first values stands in their place.
    Returns the box of widgets.
    """
    from ipywidgets import HTML as Picture  # only who slides needs ipywidgets
    from ipywidgets import VBox

    def still():
        values = {name: slider.value for name, slider in sliders.items()}
        return image(draw(**values), alt.format(**values))

    picture = Picture(still())
    for slider in sliders.values():
        slider.style.description_width = "initial"
        slider.layout.width = "26em"
        slider.observe(lambda change: setattr(picture, "value", still()), "value")
    box = VBox([*sliders.values(), picture])
    bundle = box._repr_mimebundle_()
    display({**bundle, "text/html": picture.value}, raw=True)
    return box
