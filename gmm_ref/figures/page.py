"""How a picture reaches the page: a canvas, an image with its alt text, a table, sliders."""

import base64
import gc
import html
import io

from IPython.display import HTML, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

PIXELS_PER_INCH = 96  # of the page; the picture itself has more, for fine screens
# On a telephone a picture is drawn so wide, in inches, so that its letters keep their size.
NARROW = 3.6
TELEPHONE = "(max-width: 480px)"


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


def image(fig, alt, sharpness=2, kind="webp"):
    """The figure as an HTML image, a string, with ``alt`` for those who cannot see it.

    sharpness, the pixels of the picture for one of the page; kind, "webp" for a small image or
    "png" for one that is soon made.
    """
    width = round(fig.get_figwidth() * PIXELS_PER_INCH)
    return (
        f'<img alt="{html.escape(alt)}" src="{_address(fig, sharpness, kind)}" '
        f'style="width: {width}px; max-width: 100%; height: auto; border-radius: 4px">'
    )


def responsive_image(fig, alt):
    """The figure as an HTML image, and laid out anew for a page as narrow as a telephone."""
    wide = image(fig, alt)
    narrow = _address(narrowed(fig), 2, "webp")
    return f'<picture><source media="{TELEPHONE}" srcset="{narrow}">{wide}</picture>'


def show(fig, alt):
    """Display the figure in a notebook, with its alt text; it returns what it displays."""
    picture = HTML(responsive_image(fig, alt))
    display(picture)
    return picture


def table(header, rows):
    """Display a table in a notebook. header, its names; rows, a tuple of words or numbers each.

    Returns what it displays.
    """
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in header)
    body = ""
    for row in rows:
        body += "<tr>" + "".join(f"<td>{html.escape(str(entry))}</td>" for entry in row) + "</tr>"
    shown = HTML(
        f'<table class="docutils"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    display(shown)
    return shown


def _address(fig, sharpness, kind):
    """The figure as the address of an image that is the image itself."""
    buffer = io.BytesIO()
    # In place of savefig, which draws twice.
    fig.set_dpi(sharpness * PIXELS_PER_INCH)
    canvas = FigureCanvasAgg(fig)
    if kind == "webp":  # half of what a PNG takes
        canvas.print_webp(buffer, pil_kwargs={"lossless": True, "quality": 20, "method": 2})
    else:  # to press white paper harder than 2 saves little
        canvas.print_png(buffer, pil_kwargs={"compress_level": 2})
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def narrowed(fig):
    """The figure itself, NARROW; panels that stood in one row stand below each other."""
    height = fig.get_figheight()
    panels = [ax for ax in fig.axes if ax.get_subplotspec() is not None]
    rows, columns = panels[0].get_gridspec().get_geometry()
    if rows == 1 and columns > 1:
        column = fig.add_gridspec(columns, 1)
        for place, ax in zip(column, panels, strict=True):
            ax.set_subplotspec(place)
            ax.tick_params(labelleft=True, labelbottom=True)  # a shared axis had hidden some
        height *= 0.8 * columns
    fig.set_size_inches(NARROW, max(0.75 * height, min(height, 2.6)))
    legends = [*fig.legends, *filter(None, (ax.get_legend() for ax in fig.axes))]
    # There is no room for them beside the curves; and what several panels say is said once.
    entries = {}
    for legend in legends:
        names = [text.get_text() for text in legend.get_texts()]
        entries |= dict(zip(names, legend.legend_handles, strict=True))
        legend.remove()
    if entries:
        columns = 2 if max(map(len, entries)) < 15 else 1
        look = {"loc": "outside upper center", "ncols": columns, "frameon": False}
        fig.legend(entries.values(), entries.keys(), **look)
    return fig


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

    def drawn():
        values = {name: slider.value for name, slider in sliders.items()}
        fig = draw(**values)
        if places:
            fig.set_layout_engine("none")
            for ax, place in zip(fig.axes, places, strict=True):
                ax.set_position(place)
        else:  # room for a label that is a digit longer later on
            fig.get_layout_engine().set(w_pad=0.1)
        text = alt.format(**values)
        soon = image(fig, text, sharpness=1.5, kind="png")  # soon drawn, soon sent
        places[:] = [ax.get_position(original=True) for ax in fig.axes]
        return soon, fig, text

    def redraw(change):
        gc.disable()  # garbage can wait until the picture has been sent
        try:
            picture.value = drawn()[0]
        finally:
            gc.enable()

    first, fig, text = drawn()
    picture, without_kernel = Picture(first), responsive_image(fig, text)
    for slider in sliders.values():
        slider.style.description_width = "initial"
        slider.layout.width = "26em"
        slider.observe(redraw, "value")
    box = VBox([*sliders.values(), picture])
    bundle = box._repr_mimebundle_()
    display({**bundle, "text/html": without_kernel}, raw=True)
    # What is there now, the libraries above all, is there to stay: to look through it for garbage
    # in the middle of a move takes 0.2 s.
    gc.collect()
    gc.freeze()
    return box
