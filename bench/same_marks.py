"""The demonstration class, graded by this checkout and by another: what differs for its people.

``python bench/same_marks.py OTHER`` where OTHER is another checkout, with its environment made
(``make .venv/with-grade``). Both grade with one secret, so that the checks draw the same inputs.
Prints what differs in the gradebook's rows and in the text of the feedback pages; exit code 1 if
something does.
"""

import difflib
import html
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1]
SECRET = "74" * 32
ROWS = (
    "select sa.student_id, a.name, c.name, g.auto_score, g.manual_score, g.extra_credit,"
    " g.needs_manual_grade, k.auto_comment from grade g"
    " join base_cell c on c.id = g.cell_id"
    " join submitted_notebook sn on sn.id = g.notebook_id"
    " join submitted_assignment sa on sa.id = sn.assignment_id"
    " join assignment a on a.id = sa.assignment_id"
    " left join comment k on k.cell_id = c.id and k.notebook_id = sn.id"
)


def graded(checkout, folder):
    """The demonstration class of a checkout, graded with the secret: rows, and texts by page."""
    command = checkout / ".venv" / "bin" / "gmm-course"
    subprocess.run([command, "demo", folder], cwd=checkout, check=True, stdout=subprocess.DEVNULL)
    (folder / "grading_secret").write_text(SECRET + "\n")
    again = [command, "grade", "--force", "--course", folder]
    subprocess.run(again, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        rows = sorted(map(repr, gradebook.execute(ROWS)))
    pages = sorted((folder / "feedback").rglob("*.html"))
    return rows, {str(page.relative_to(folder)): text_of(page) for page in pages}


def text_of(page):
    """What a page says, line by line."""
    body = page.read_text(encoding="utf-8").partition("<body")[2]
    body = re.sub(r"<(script|style)\b.*?</\1>", "", body, flags=re.DOTALL)
    lines = html.unescape(re.sub(r"<[^>]*>", "", body)).splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def difference(name, other, this):
    """The lines in which two texts differ."""
    return list(
        difflib.unified_diff(other, this, f"{name}, other", f"{name}, this", n=0, lineterm="")
    )


def main(other):
    """Grade both, and print the differences."""
    with tempfile.TemporaryDirectory() as folder:
        (old_rows, old_pages), (rows, pages) = (
            graded(checkout, Path(folder) / name)
            for name, checkout in (("other", Path(other).resolve()), ("this", HERE))
        )
    found = list(
        difflib.unified_diff(old_rows, rows, "rows, other", "rows, this", n=0, lineterm="")
    )
    for name in sorted(old_pages.keys() | pages.keys()):
        old, new = old_pages.get(name, []), pages.get(name, [])
        found += difflib.unified_diff(old, new, f"{name}, other", f"{name}, this", n=0, lineterm="")
    print(*found, sep="\n")
    print(f"{len(rows)} rows, {len(pages)} pages, {len(found)} lines of difference")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1])
