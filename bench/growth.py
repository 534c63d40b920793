"""What one more student costs when the class has 10, 60, 500 and 1,000.

    python bench/growth.py [SIZE ...]

One assignment each. The class grows; at each size 50 more hand in, and the command is given again:
it finds the others graded, and grades these. Nobody's code loops without end here: that costs what
the limits say, whatever the size. Writes build/bench/growth.json.
"""

import sys

from classes import OUT, hand_in, make_course, report, students
from grading import ours

ASSIGNMENT = "7.4.3_posterior"
MORE = 50


def main(sizes):
    """Measure at each size, and write the figures down."""
    course, there, result = make_course(OUT / "growth"), 0, {}
    for size in sizes:
        join(course, there, size)
        ours(course)
        there = max(there, size)
        join(course, there, there + MORE)
        figures = ours(course)
        result[there] = {
            "wall_seconds_a_student": round(figures["wall_seconds"] / MORE, 3),
            "processor_seconds_a_student": round(figures["processor_seconds"] / MORE, 3),
            "peak_megabytes": figures["peak_megabytes"],
        }
        there += MORE
        report("growth", result)


def join(course, first, last):
    """Students number ``first`` to ``last`` - 1 hand in."""
    hand_in(course, students(first, last, without=["jana"]), [ASSIGNMENT])


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10, 60, 500, 1000])
