"""theta under one name: its parts in the order of the formulas, and the two paths to it."""

import numpy as np

from gmm_ref import log_joint, parameters, theta


def test_its_parts_go_to_a_formula_in_order(lopsided):
    weights, means, covariances = lopsided.theta
    by_name = log_joint(lopsided.X, weights=weights, means=means, covariances=covariances)
    np.testing.assert_array_equal(log_joint(lopsided.X, *lopsided.theta), by_name)


def test_three_parts_of_any_kind_become_parameters(lopsided):
    found = theta.as_theta([part.tolist() for part in lopsided.theta])
    assert type(found) is theta.Parameters
    np.testing.assert_equal(found, lopsided.theta)


def test_both_paths_lead_to_one_class():
    assert parameters.Parameters is theta.Parameters
