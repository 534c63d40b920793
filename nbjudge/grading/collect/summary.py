"""What the teacher reads after collecting."""

from nbjudge.grading.collect.people import NO_ROSTER
from nbjudge.grading.roster import ROSTER

# How many of a kind are named one by one.
NAMED = 100


def print_summary(collected, console):
    """Print a Collected: the numbers, then what is to be looked at, and last what failed."""
    new, as_before = len(collected.placed), len(collected.as_before)
    lines = [f"{new} placed, {as_before} there already"]
    if collected.times:
        lines.append(f"{collected.times} with the time of handing in, from the worksheet")
    if any(why.endswith(NO_ROSTER) for why in collected.own_names.values()):
        lines += [
            f"{ROSTER} is empty, so {len(collected.own_names)} are named as the platform names "
            f"them. Fill it in to have ids and names of your own."
        ]
    elif collected.own_names:
        lines += [
            f"{len(collected.own_names)} under a name of their own. Whoever is in {ROSTER}: write "
            f"the name into other_names of their line, and collect again.",
            *_named(f"{student} is {why}" for student, why in collected.own_names.items()),
        ]
    if collected.kept:
        lines += ["Kept, and not graded:", *_named(collected.kept)]
    if collected.late:
        lines += [
            f"Late, and the file does not say by how much: {', '.join(collected.late)}. Write the "
            f"time into collected.json, and collect again."
        ]
    if collected.problems:
        lines += ["Not placed:", *_named(map(str, collected.problems))]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _named(sentences):
    sentences = list(sentences)
    more = [f"and {len(sentences) - NAMED} more"] if len(sentences) > NAMED else []
    return [f"  {sentence}" for sentence in [*sentences[:NAMED], *more]]
