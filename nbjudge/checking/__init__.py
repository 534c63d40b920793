"""An exercise, its cases, its known mistakes, the diagnosis, the message.

Here is what the checks of a course are written with; how it works is in the modules.
"""

from nbjudge.checking.case import Case
from nbjudge.checking.diagnosis.signature import labels_signature, noise_signature
from nbjudge.checking.distribution import labels_fault, noise_fault, samples_fault, totals_fault
from nbjudge.checking.exercise import Exercise, SimpleCase, Subject, aspect, checks_of
from nbjudge.checking.formula import Formula
from nbjudge.checking.message import CheckFailed
from nbjudge.checking.plan import Plan, as_floats, mistake
from nbjudge.checking.sampler import Sampler
from nbjudge.checking.seed import seeded

__all__ = [
    "Case",
    "CheckFailed",
    "Exercise",
    "Formula",
    "Plan",
    "Sampler",
    "SimpleCase",
    "Subject",
    "as_floats",
    "aspect",
    "checks_of",
    "labels_fault",
    "labels_signature",
    "mistake",
    "noise_fault",
    "noise_signature",
    "samples_fault",
    "seeded",
    "totals_fault",
]
