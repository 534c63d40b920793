"""What being late costs: for each day begun, a percentage of the marks."""

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

DAY = 86400


class PercentADay(BasePlugin):
    """A penalty of nbgrader's for each day begun after the due date."""

    percent = Float(0, min=0, max=100, help="Percent of the marks, for each day begun.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The penalty, of the marks that there are; never more than these."""
        days = math.ceil(total_seconds_late / DAY)
        return score * min(1, days * self.percent / 100)
