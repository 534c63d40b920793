"""What the students of the demonstration class wrote for 7.4.3, where it is not the solution.

A name -> source for each function; None where the stub was left as released.
"""

FORGOT_THE_WEIGHTS = """\
def responsibilities(X, weights, means, covariances):
    log_p = np.stack([log_gaussian(X, m, C) for m, C in zip(means, covariances)], axis=1)
    return np.exp(log_p - logsumexp(log_p, axis=1, keepdims=True))
"""

NORMALISED_OVER_THE_POINTS = """\
def responsibilities(X, weights, means, covariances):
    log_p = np.stack([log_gaussian(X, m, C) for m, C in zip(means, covariances)], axis=1)
    log_p = log_p + np.log(weights)
    return np.exp(log_p - logsumexp(log_p, axis=0))
"""

UNDERFLOW = """\
def responsibilities(X, weights, means, covariances):
    p = np.stack([w * np.exp(log_gaussian(X, m, C))
                  for w, m, C in zip(weights, means, covariances)], axis=1)
    return p / p.sum(axis=1, keepdims=True)
"""

HARD_LABELS = """\
def responsibilities(X, weights, means, covariances):
    p = np.stack([w * np.exp(log_gaussian(X, m, C))
                  for w, m, C in zip(weights, means, covariances)], axis=1)
    R = np.zeros_like(p)
    R[np.arange(len(p)), p.argmax(axis=1)] = 1
    return R
"""

LOG_OF_ZERO = """\
def posterior_entropy(R):
    return -np.sum(R * np.log(R), axis=1)
"""

LOOPS = """\
def responsibilities(X, weights, means, covariances):
    N, K = len(X), len(weights)
    R = np.zeros((N, K))
    for n in range(N):
        logs = np.full(K, -np.inf)
        for k in range(K):
            if weights[k] > 0:
                logs[k] = np.log(weights[k]) + log_gaussian(X[n:n+1], means[k], covariances[k])[0]
        p = np.exp(logs - logs.max())
        R[n] = p / p.sum()
    return R
"""

ARGSORT = """\
def most_probable_component(R):
    return np.argsort(-R, axis=1, kind="stable")[:, 0]
"""

MASKED_ENTROPY = """\
def posterior_entropy(R):
    logs = np.zeros(R.shape)
    logs[R > 0] = np.log(R[R > 0])
    return -(R * logs).sum(axis=-1)
"""

MISSING_BRACKET = """\
def most_probable_component(R):
    return np.argmax(R, axis=1
"""

NEVER_ENDS = """\
def most_probable_component(R):
    k = 0
    while k < R.shape[1]:
        best = R[:, k]
    return best
"""

ANSWERS = {
    "another style": {
        "responsibilities": LOOPS,
        "most_probable_component": ARGSORT,
        "posterior_entropy": MASKED_ENTROPY,
    },
    "half done": {"most_probable_component": None, "posterior_entropy": None},
    "forgot the weights": {"responsibilities": FORGOT_THE_WEIGHTS},
    "normalised over the points": {"responsibilities": NORMALISED_OVER_THE_POINTS},
    "underflow": {"responsibilities": UNDERFLOW, "posterior_entropy": LOG_OF_ZERO},
    "hard labels": {"responsibilities": HARD_LABELS, "posterior_entropy": LOG_OF_ZERO},
    "syntax error": {"most_probable_component": MISSING_BRACKET},
    "endless loop": {"most_probable_component": NEVER_ENDS},
}
