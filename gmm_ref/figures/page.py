"""How a picture reaches the page: a canvas, an image with its alt text, and sliders."""

import base64
import gc
import html
import io

from IPython.display import HTML, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

PIXELS_PER_INCH = 96  # of the page; the picture itself has more, for fine screens


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


def image(fig, alt, sharpness=2):
    """The figure as an HTML image, a string, with ``alt`` for those who cannot see it.

    sharpness, the pixels of the picture for one of the page.
    """
    buffer = io.BytesIO()
    # In place of savefig, which draws twice; and to press white paper harder than 2 saves little.
    fig.set_dpi(sharpness * PIXELS_PER_INCH)
    FigureCanvasAgg(fig).print_png(buffer, pil_kwargs={"compress_level": 2})
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

    draw, a function of the values that returns a Figure of `canvas`; alt, a format string of the
    values; sliders, one ipywidgets control for each argument of ``draw``, of the same name.
    Where no kernel runs, the figure at the first values stands in their place.
    The axes stay where the first figure has them: they do not jump, and to lay them out anew would
    take longer than to draw. Returns the box of widgets.
    """
    from ipywidgets import HTML as Picture  # only who slides needs ipywidgets
    from ipywidgets import VBox

    places = []

    def still():
        values = {name: slider.value for name, slider in sliders.items()}
        fig = draw(**values)
        if places:
            fig.set_layout_engine("none")
            for ax, place in zip(fig.axes, places, strict=True):
                ax.set_position(place)
        else:  # room for a label that is a digit longer later on
            fig.get_layout_engine().set(w_pad=0.1)
        picture = image(fig, alt.format(**values), sharpness=1.5)  # soon drawn, soon sent
        places[:] = [ax.get_position(original=True) for ax in fig.axes]
        return picture

    def redraw(change):
        gc.disable()  # garbage can wait until the picture has been sent
        try:
            picture.value = still()
        finally:
            gc.enable()

    picture = Picture(still())
    for slider in sliders.values():
        slider.style.description_width = "initial"
        slider.layout.width = "26em"
        slider.observe(redraw, "value")
    box = VBox([*sliders.values(), picture])
    bundle = box._repr_mimebundle_()
    display({**bundle, "text/html": picture.value}, raw=True)
    # What is there now, the libraries above all, is there to stay: to look through it for garbage
    # in the middle of a move takes 0.2 s.
    gc.collect()
    gc.freeze()
    return box
