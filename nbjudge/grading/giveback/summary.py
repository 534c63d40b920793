"""What the teacher reads after marks were written back."""

from collections import defaultdict

from nbjudge.grading.notebook.submission import readable


def print_summary(returned, console):
    """Print a Returned: the numbers, who is left out and why, and what is to be done by hand."""
    lines = [f"{len(returned.filled)} marks written", *(f"  {p}" for p in returned.written)]
    if returned.scale:
        lines.append(returned.scale)
    by_reason = defaultdict(list)
    for student, why in returned.left_out.items():
        by_reason[why].append(student)
    lines += [f"Left out, {why}: {', '.join(students)}" for why, students in by_reason.items()]
    if returned.zeros:
        lines.append(
            f"Moodle does not take over a mark of exactly 0. Set it there by hand for: "
            f"{', '.join(returned.zeros)}"
        )
    if returned.unknown:
        lines.append(f"With a mark, and in no row: {', '.join(returned.unknown)}")
    for line in lines:
        console.print(readable(line), markup=False, highlight=False, soft_wrap=True)
