"""The pictures of the chapter: as they were, legible, and told apart by more than colour."""

import gc
import inspect
import json
import re

import numpy as np
import pytest
from ipywidgets import FloatSlider
from matplotlib.lines import Line2D
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from pictures import BASELINE, DPI, LINE, PICTURES, without_words, words

from gmm_ref import figures, fit, likelihood, responsibilities
from gmm_ref.figures import style

# As likely as weights 1/2, means 0.5 and 10.5, deviations 2 and 1, by symmetry.
MIRROR = ([0.5, 0.5], [0.5, 10.5], [1, 2])
HELPERS = {"canvas", "image", "show", "slide", "table"}
WORDS = json.loads((BASELINE / "words.json").read_text())
# The root mean square of the difference of two pictures, of 255. Other versions of matplotlib
# stay below it; a missing cursor, or two colours changed about, do not.
TOLERANCE = 4


def test_every_public_picture_is_drawn_here():
    assert set(PICTURES) == set(figures.__all__) - HELPERS


@pytest.fixture(scope="module")
def drawn():
    """Each picture once: name -> (figure, what its function returned)."""
    return {name: draw() for name, draw in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_looks_as_it_did(name, tmp_path):
    """After a change that is meant: run `pictures.py`, and look at what git shows."""
    actual, expected = tmp_path / f"{name}.png", tmp_path / f"{name}-expected.png"
    fig, _ = PICTURES[name]()
    assert words(fig) == WORDS[name]
    without_words(fig).savefig(actual, dpi=DPI)
    expected.write_bytes((BASELINE / f"{name}.png").read_bytes())
    assert compare_images(expected, actual, TOLERANCE) is None


@pytest.mark.parametrize("name", PICTURES)
def test_returns_what_it_drew_on_its_axes(name, drawn):
    fig, artists = drawn[name]
    flat = list(np.ravel(np.array(artists, dtype=object)))
    parts = [part for artist in flat for part in (artist if np.iterable(artist) else [artist])]
    assert parts
    assert {part.axes for part in parts} <= set(fig.axes)
    assert {part.figure for part in parts} == {fig}


@pytest.mark.parametrize("narrow", [False, True], ids=["page", "telephone"])
@pytest.mark.parametrize("name", PICTURES)
def test_letters_are_large_enough_and_whole(name, narrow):
    fig, _ = PICTURES[name]()
    if narrow:
        figures.page.narrowed(fig)
        assert fig.get_figwidth() * figures.page.PIXELS_PER_INCH < 360
    sizes = {text.get_text(): text.get_fontsize() for text in fig.findobj(Text)}
    assert {text for text, size in sizes.items() if size < 9} == set()
    fig.draw_without_rendering()
    taken, page = fig.get_tightbbox(), fig.bbox_inches.padded(0.01)
    assert page.x0 <= taken.x0 and taken.x1 <= page.x1
    assert page.y0 <= taken.y0 and taken.y1 <= page.y1


def test_on_a_telephone_panels_of_a_row_stand_below_each_other():
    fig, axes = figures.canvas(1, 2, sharey=True)
    for ax in axes:
        ax.plot([0, 1], [0, 1], label="the same in both")
        ax.legend()
    figures.page.narrowed(fig)
    fig.draw_without_rendering()
    upper, lower = (ax.get_position() for ax in axes)
    assert lower.y1 < upper.y0 and lower.x0 == pytest.approx(upper.x0)
    assert [len(legend.get_texts()) for legend in fig.legends] == [1]
    assert not any(ax.get_legend() for ax in axes)
    assert all(ax.yaxis.get_tick_params()["labelleft"] for ax in axes)


@pytest.mark.parametrize("name", PICTURES)
def test_colour_is_never_alone(name, drawn):
    """Lines of different colours in one axes differ in style or marker, or the width, as well."""
    for ax in drawn[name][0].axes:
        looks = {}
        for line in ax.findobj(Line2D):
            if line.axes is ax and line in ax.lines:
                form = line.get_linestyle(), line.get_marker(), line.get_linewidth()
                looks.setdefault(form, set()).add(line.get_color())
        assert all(len(colours) == 1 for colours in looks.values()), looks


def test_components_have_two_channels():
    for channel in (style.COLOURS, style.MARKERS, style.LINES, style.HATCHES):
        assert len(set(channel)) == len(channel) == 4


def test_colours_are_mixed_in_the_share_of_the_responsibilities():
    first, second = style.mixed_colours(np.eye(2))
    assert np.allclose(style.mixed_colours(np.array([[0.25, 0.75]])), 0.25 * first + 0.75 * second)


def test_the_cross_stands_where_two_responsibilities_are_a_half():
    _, ax = figures.canvas()
    cross = figures.responsibility_curves(ax, *LINE, np.linspace(-5, 10, 2001))[-1]
    x, r = cross.get_data()
    assert len(x) == 1
    assert r == pytest.approx(0.5, abs=1e-5)
    R = responsibilities(x[:, None], *style.theta_1d(*LINE))
    assert R[0] == pytest.approx(0.5, abs=1e-4)


def test_the_black_curve_is_the_density():
    _, ax = figures.canvas()
    total = figures.mixture_density(ax, *LINE, np.array([0.0, 1.0, 5.0]))[-1]
    x, p = total.get_data()
    expected = likelihood.log_density(x[:, None], *style.theta_1d(*LINE))
    assert np.log(p) == pytest.approx(expected)


def test_bounds_touch_where_the_one_before_peaks_and_are_nowhere_above():
    curve, *bounds, gap = PICTURES["bound"]()[1]
    marks = [line for line in curve.axes.lines if line.get_marker() in ("o", "^")]
    circles, triangles = marks[::2], marks[1::2]
    assert len(bounds) == len(circles) == len(triangles) == 2
    for bound, circle, triangle in zip(bounds, circles, triangles, strict=True):
        distance = curve.get_ydata() - bound.get_ydata()
        assert np.all(distance >= -1e-9)
        step = np.ptp(curve.get_xdata()) / len(distance)
        for least, mark in [(distance, circle), (-bound.get_ydata(), triangle)]:
            assert curve.get_xdata()[least.argmin()] == pytest.approx(mark.get_xdata()[0], abs=step)
    assert circles[1].get_xdata()[0] == triangles[0].get_xdata()[0]
    assert circles[1].get_ydata()[0] > triangles[0].get_ydata()[0]
    below, above = gap.get_ydata()
    assert curve.axes.get_title() == f"gap to bound 2 = KL = {above - below:.2f} nats"
    assert above > below


def test_the_bar_at_the_cursor_is_bayes_theorem():
    _, axes = figures.canvas(4, 1, height=7)
    figures.ladder(axes, *LINE, 2.0)
    heights = np.array([bar.patches[0].get_height() for bar in axes[2].containers])
    theta, point = style.theta_1d(*LINE), np.array([[2.0]])
    assert np.log(heights.sum()) == pytest.approx(likelihood.log_density(point, *theta)[0])
    assert heights / heights.sum() == pytest.approx(responsibilities(point, *theta)[0])
    assert axes[2].containers[1].patches[0].get_y() == pytest.approx(heights[0])


def test_doubt_has_a_ring_and_certainty_none():
    _, ax = figures.canvas()
    R = np.array([[1.0, 0.0], [0.9, 0.1], [0.5, 0.5]])
    (dots,) = figures.soft_points(ax, np.eye(3)[:, :2], R)
    for sizes in (dots.get_linewidths(), dots.get_sizes()):
        assert sizes[0] < sizes[1] < sizes[2]
    assert dots.get_linewidths()[0] == 0


def test_ends_are_told_apart_by_their_parameters():
    fig, (rests, _) = PICTURES["ends_of_runs"]()
    assert [bar.get_width() for bar in rests] == [2, 1]  # two of three have exchanged components
    heights = [float(label.get_text()) for label in fig.axes[0].get_yticklabels()]
    assert heights == sorted(heights, reverse=True)
    X = np.array([[0.0], [1.0], [10.0], [11.0]])
    theta = style.theta_1d([0.5, 0.5], [0.5, 10.5], [1, 1])
    right, other = (fit(X, theta, max_iter=0) for _ in range(2))
    mirrored = style.theta_1d([0.5, 0.5], [0.5, 10.5], [2, 1]), style.theta_1d(*MIRROR)
    _, ax = figures.canvas()
    runs = [right, other, *(fit(X, start, max_iter=0) for start in mirrored)]
    equal = [run.log_likelihoods[-1] for run in runs[2:]]
    assert equal[0] == pytest.approx(equal[1])
    rests, stopped = figures.ends_of_runs(ax, runs)
    assert [bar.get_width() for bar in [*rests, *stopped]] == [2, 1, 1]


def test_a_cross_stands_on_each_wrong_guess():
    _, ax = figures.canvas()
    X = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 5.0], [3.0, 5.0]])
    crosses = figures.scored_guess(ax, X, np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]))[-1]
    assert crosses.get_offsets().tolist() == [[1.0, 0.0]]
    assert ax.get_title() == "3 of 4 right"


def test_only_the_moments_betray_equal_weights():
    gains, moments = PICTURES["bug_zoo"]()[1][::2], PICTURES["bug_zoo"]()[1][1::2]
    assert all(np.all(line.get_ydata() > 0) for line in gains)
    right, wrong = (line.get_ydata() for line in moments)
    assert right.max() < 1e-9 < 1e-3 < wrong.min()


def test_collapse_is_a_spike_and_has_no_top():
    *densities, climb = PICTURES["collapse"]()[1]
    tops = [density.get_ydata().max() for density in densities]
    assert tops[1] == pytest.approx(10 * tops[0], rel=0.5) and tops[2] > 9 * tops[1]
    assert climb.get_ydata()[-1] > climb.get_ydata().max() - 1e-9


def test_moments_of_the_mixture_lie_on_those_of_the_data():
    data, mixture, *_ = PICTURES["moments"]()[1]
    for get in ("get_center", "get_width", "get_height", "get_angle"):
        assert getattr(data, get)() == pytest.approx(getattr(mixture, get)())


def test_the_tangent_of_q_has_the_slope_of_the_curve():
    curve, tangent = PICTURES["q_slope"]()[1]
    (x0, x1), (y0, y1) = tangent.get_data()
    slope = np.interp((x0 + x1) / 2, curve.get_xdata(), np.gradient(*curve.get_data()[::-1]))
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, rel=0.01)


def test_a_table_is_shown_escaped():
    shown = figures.table(["a < b"], [("x & y",), (1,)]).data
    assert "a &lt; b" in shown and "x &amp; y" in shown and "<td>1</td>" in shown


def test_an_image_carries_its_alt_text_escaped():
    fig, _ = figures.canvas()
    html = figures.image(fig, 'a "wide" bell, p < 1')
    assert 'alt="a &quot;wide&quot; bell, p &lt; 1"' in html


def test_show_carries_the_alt_text_and_a_picture_for_a_telephone():
    fig, _ = figures.canvas()
    shown = figures.show(fig, alt="two bells").data
    assert shown.count('alt="two bells"') == shown.count("<img") == shown.count("<source") == 1
    assert len(set(re.findall('base64,([^"]*)', shown))) == 2


def test_a_moved_slider_draws_and_tells_anew():
    def draw(mean):
        fig, ax = figures.canvas()
        ax.plot([0, mean], [0, 1])
        return fig

    slider = FloatSlider(1.0, min=0, max=4)
    box = figures.slide(draw, alt="a line to {mean:.1f}", mean=slider)
    before = box.children[-1].value
    slider.value = 3.0
    after = box.children[-1].value
    alts = [re.search('alt="([^"]*)"', text)[1] for text in (before, after)]
    assert alts == ["a line to 1.0", "a line to 3.0"]
    assert before.split("base64,")[1] != after.split("base64,")[1]


def test_a_slider_leaves_a_picture_where_no_kernel_runs(monkeypatch):
    bundles = []
    monkeypatch.setattr(figures.page, "display", lambda bundle, raw: bundles.append(bundle))
    figures.slide(lambda x: figures.canvas()[0], alt="nothing at {x}", x=FloatSlider(2.0))
    assert 'alt="nothing at 2.0"' in bundles[0]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundles[0]


def test_a_move_does_not_wait_for_a_search_of_all_that_was_there(request):
    request.addfinalizer(gc.unfreeze)
    gc.unfreeze()
    figures.slide(lambda x: figures.canvas()[0], alt="nothing at {x}", x=FloatSlider(2.0))
    assert gc.get_freeze_count() > 10 * len(gc.get_objects())


def test_no_search_for_garbage_while_a_move_is_drawn(request):
    request.addfinalizer(gc.unfreeze)
    searching = []

    def draw(x):
        if x == 4:
            raise ArithmeticError
        searching.append(gc.isenabled())
        return figures.canvas()[0]

    slider = FloatSlider(2.0)
    figures.slide(draw, alt="nothing at {x}", x=slider)
    slider.value = 3
    assert searching == [True, False] and gc.isenabled()
    with pytest.raises(ArithmeticError):
        slider.value = 4
    assert gc.isenabled(), "a drawing that fails leaves it off"


@pytest.mark.parametrize("name", sorted(set(figures.__all__) - HELPERS))
def test_a_picture_takes_its_axes_and_says_what_it_returns(name):
    function = getattr(figures, name)
    assert next(iter(inspect.signature(function).parameters)) in ("ax", "axes")
    assert "Returns" in inspect.getdoc(function)
