"""What is kept of a notebook with too many cells or too much text: the assignment's cells first."""

import re

_DEF = re.compile(r"^def \w+\(", re.MULTILINE)


def shortened(cells, sources, given, limits):
    """(the numbers of the cells that are kept, sentences on those that are not).

    sources: the texts of the cells; given: the cells of the assignment, of which the last copy
    comes first, since it counts. The others follow in order, as far as they fit.
    """
    every = range(len(cells))
    if len(cells) <= limits.max_cells and sum(map(len, sources)) <= limits.max_source:
        return every, []
    is_own = _recogniser(given)
    own = [number for number in every if is_own(cells[number], sources[number])]
    others = sorted(set(every) - set(own))
    kept, room = set(), limits.max_source
    for number in [*reversed(own), *others]:
        size = len(sources[number])
        if len(kept) < limits.max_cells and size <= room:
            kept.add(number)
            room -= size
    left = len(cells) - len(kept)
    lost = len(set(own) - kept)
    sentence = (
        f"{left} of its {len(cells)} cells were left out, {lost} of them the assignment's: no more "
        f"than {limits.max_cells} cells and {limits.max_source} characters are read."
    )
    return sorted(kept), [sentence]


def _recogniser(given):
    """A function that tells from a cell and its text whether it is one of the assignment's."""
    names = {entry.name for entry in given}
    texts = {entry.source.strip() for entry in given if not entry.owned} - {""}
    stubs = [name for entry in given if entry.solution for name in _DEF.findall(entry.source)]

    def is_own(cell, source):
        metadata = cell.get("metadata")
        data = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = data.get("grade_id") if isinstance(data, dict) else None
        if isinstance(grade_id, str) and grade_id in names:
            return True
        if str(cell.get("id")).replace("-", "_") in names or source.strip() in texts:
            return True
        return any(stub in source for stub in stubs)

    return is_own
