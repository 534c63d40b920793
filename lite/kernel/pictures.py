"""A backend of matplotlib: show() puts each open figure below the cell, and closes it."""

from cell import display
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


def show(*args, **options):
    managers = Gcf.get_all_fig_managers()
    for manager in managers:
        display(manager.canvas.figure)
    Gcf.destroy_all()
