"""Whose a hand-in is: by the roster, then by the name, then by a name of its own."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from nbjudge.grading.roster import Student

# How Germans and Scandinavians write without their letters, where taking off the accent is one way.
_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"}
)
_BARE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i"})
_APOSTROPHES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")


def words(name):
    """The words of a name, without case and accents; what is no letter or digit parts them."""
    return _words(name.casefold().translate(_BARE))


def spellings(name):
    """The ways to write a name as one word: without its accents, or written out for them."""
    return {"".join(words(name)), "".join(_words(_written_out(name)))} - {""}


def _words(folded):
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", folded))
    bare = (c for c in apart if not unicodedata.combining(c))
    return "".join(c if _is_letter(c) else " " for c in bare).split()


def _is_letter(character):
    """Whether it is a letter, a digit, or what Indian scripts write vowels with."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def own_name(name):
    """A name as an id of nbgrader's: lower case, its words joined by a hyphen."""
    text = unicodedata.normalize("NFC", _APOSTROPHES.sub("", name.casefold()))
    kept = (c if c == "." or _is_letter(c) else "-" for c in text)
    return re.sub("-+", "-", "".join(kept)).strip(".-")[:60]


NO_ROSTER = "roster.csv is empty"


@dataclass(frozen=True)
class Placed:
    """The students whom a hand-in belongs to; why: for a name of its own, how that came."""

    students: tuple
    why: str = ""


class People:
    """The students of a course: those of the roster, and who else has handed in before.

    roster: Students; others: id -> the names that platforms have for one who is not in the roster;
    hand_ins: student -> HandIn of the assignment.
    """

    def __init__(self, roster, others, hand_ins):
        self.roster = {student.id for student in roster}
        others = [Student(student, other_names=tuple(names)) for student, names in others.items()]
        self.students = [*roster, *(one for one in others if one.id not in self.roster)]
        self.hand_ins = hand_ins
        self.known = [_Known(student) for student in self.students]

    def is_known(self, name):
        """Whether a name alone is that of one of them."""
        return self.only(name) is not None

    def only(self, name):
        """The student whom a name alone is that of; None if it is nobody's, or more than one's."""
        found = self._by_name(name)
        return found[0] if len(found) == 1 else None

    def place(self, senders):
        """Sender -> Placed, for all who have handed in at once: two may claim one name."""
        sure = {sender: self._by_number(sender) for sender in senders}
        likely = {s: sure[s] or self._by_name(s.name) or self._by_record(s) for s in senders}
        claims = defaultdict(lambda: defaultdict(set))
        for sender, students in likely.items():
            for student in students:
                claims[student][sender.platform].add(sender.id)
        placed = {}
        for sender, students in likely.items():
            alike = [s for s in students if len(claims[s][sender.platform]) > 1]
            team = self._team(sender)
            if team or sure[sender]:
                placed[sender] = Placed(team or sure[sender])
            elif len(students) == 1 and not alike:
                placed[sender] = Placed(students)
            else:
                placed[sender] = self._own(sender, students, senders)
        return placed

    def _by_number(self, sender):
        """The student whom the platform's number, or an id of the course, stands for."""
        if sender.platform in ("exchange", "file"):
            return tuple(one.id for one in self.students if one.id == sender.name)
        by_canvas = [s.id for s in self.students if s.canvas_id and s.canvas_id == sender.id]
        if sender.platform == "Canvas" and by_canvas:
            return tuple(by_canvas)
        return tuple(name for name in self._by_record(sender) if name in self.roster)

    def _by_record(self, sender):
        """Who had this number of the platform when the assignment was collected before."""
        known = (sender.platform, sender.id)
        return tuple(
            student
            for student, hand_in in self.hand_ins.items()
            if sender.id and (hand_in.platform, hand_in.platform_id) == known
        )

    def _team(self, sender):
        return tuple(one.id for one in self.students if one.team and one.team == sender.name)

    def _by_name(self, name):
        """Those whom a name fits best: wholly, else all words of one within the other's, else one.

        Those of the roster come first.
        """
        for fits in (_Known.is_called, _Known.shares_words, _Known.has_word):
            found = [one.student.id for one in self.known if name and fits(one, name)]
            if found:
                return tuple(s for s in found if s in self.roster) or tuple(found)
        return ()

    def _own(self, sender, students, senders):
        """A name of its own, with the platform's number where the name alone is not enough."""
        name = own_name(sender.name)
        if sender.platform == "exchange" and re.fullmatch(r"[\w.@-]+", sender.name):
            name = sender.name
        same = {(one.platform, one.id) for one in senders if own_name(one.name) == name}
        # In blind marking, Moodle gives all the same word for a name.
        blind = sender.platform == "Moodle" and len(words(sender.name)) < 2
        if sender.id and (students or len(same) > 1 or blind or not name):
            name = f"{name or sender.platform.lower()}-{own_name(sender.id)}"
        if name in self.roster:
            name += "-other"
        if len(students) > 1:
            return Placed((name,), f"the name fits {', '.join(students)}")
        if students:
            return Placed((name,), f"more than one hand-in has the name of {students[0]}")
        why = "nobody of this name is in roster.csv" if self.roster else NO_ROSTER
        return Placed((name or "unnamed",), why)


class _Known:
    """A student and all their names, ready to be compared."""

    def __init__(self, student):
        self.student = student
        names = [student.full_name, student.id, student.email.partition("@")[0]]
        names = [name for name in (*names, *student.other_names) if name]
        self.numbers = {student.email.casefold(), student.id.casefold()} - {""}
        self.words = [words(name) for name in names]
        # Canvas writes all as one word, the last name first, and nobody knows which words that is.
        self.spellings = {
            "".join(turned)
            for name in names
            for spelled in (words(name), _words(_written_out(name)))
            for turned in (spelled[at:] + spelled[:at] for at in range(len(spelled)))
        }

    def is_called(self, name):
        return bool(spellings(name) & self.spellings) or name.casefold() in self.numbers

    def shares_words(self, name):
        given = set(words(name))
        return any(
            len(own) > 1 and len(given) > 1 and (given >= set(own) or given <= set(own))
            for own in self.words
        )

    def has_word(self, name):
        given = words(name)
        return len(given) == 1 and any(given[0] in own for own in self.words)


def _written_out(name):
    return name.casefold().translate(_WRITTEN_OUT)
