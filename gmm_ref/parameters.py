"""A path that stays: `gmm_ref.parameters.Parameters`. The class lives in `theta`."""

from gmm_ref.theta import Parameters

__all__ = ["Parameters"]
