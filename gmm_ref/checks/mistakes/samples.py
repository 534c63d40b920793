"""Mistakes in the draws of 7.4.1: labels, points of one Gaussian, and both together."""

import numpy as np

from gmm_ref.checks.mistakes.common import squeezed
from gmm_ref.checks.mistakes.joint import Joint
from nbjudge.checking.plan import Plan, as_floats


class Labels(Plan):
    """z_n ~ Categorical(pi), shared by `sample_labels` and `sample_mixture`."""

    def labels(self, weights, n_samples, rng):
        """(N,) of integers."""
        (weights,) = as_floats(weights)
        return self.order(self.draw(self.probabilities(weights), n_samples, self.source(rng)))

    def source(self, rng):
        """Where chance comes from."""
        return rng

    def probabilities(self, weights):
        """p(z = k)."""
        return weights

    def draw(self, p, n_samples, rng):
        """Independent labels."""
        return rng.choice(len(p), size=n_samples, p=p / p.sum())

    def order(self, z):
        """The order of the labels."""
        return z


@Labels.mistake("probabilities")
def labels_uniform(plan, weights):
    """All labels are equally frequent: the weights are not used.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.
    See it: weights 0.7, 0.2, 0.1: of 1000 labels about 700, 200 and 100 are 0, 1 and 2.
    """
    return np.full(len(weights), 1 / len(weights))


@Labels.mistake("probabilities")
def weights_squared_in_draw(plan, weights):
    """The labels follow the squares of the weights: common ones come too often.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.
    See it: weights 0.8 and 0.2 are 4 to 1; squared they are 16 to 1.
    """
    return weights**2 / np.sum(weights**2)


@Labels.mistake("probabilities")
def weights_in_the_wrong_order(plan, weights):
    """The labels follow the weights in reverse order: those of other components.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, the same k.
    See it: weights 0.7, 0.2, 0.1: label 0 is the most frequent one.
    """
    return weights[::-1]


@Labels.mistake("probabilities")
def sorted_weights(plan, weights):
    """The labels follow the sorted weights: label 0 gets the smallest, the last the largest.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, the same k.
    See it: weights 0.7, 0.1, 0.2: label 1 is the rare one, whatever their order of size.
    """
    return np.sort(weights)


@Labels.mistake("probabilities")
def softmax_of_the_weights(plan, weights):
    """exp is taken of the weights before they are used: a softmax, which makes them more alike.

    The weights are probabilities already.
    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.
    See it: the softmax of 0.7, 0.2, 0.1 is 0.46, 0.28, 0.25.
    """
    return np.exp(weights) / np.sum(np.exp(weights))


@Labels.mistake("probabilities")
def one_minus_the_weights(plan, weights):
    """The labels follow 1 - pi: rare ones come often.

    A comparison the wrong way round, u > cumsum for u < cumsum, can do that.
    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.
    See it: weights 0.7, 0.2, 0.1: label 0 is the most frequent one.
    """
    return (1 - weights) / np.sum(1 - weights)


@Labels.mistake("probabilities")
def cumulative_sum_as_probabilities(plan, weights):
    """The cumulative sums of the weights are used as probabilities.

    They are the borders that one uniform number is compared with: u falls into interval k.
    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.
    See it: weights 0.7, 0.2, 0.1 have the borders 0.7, 0.9, 1.0; u = 0.8 gives label 1.
    """
    return np.cumsum(weights) / np.cumsum(weights).sum()


@Labels.mistake("probabilities")
def last_component_never(plan, weights):
    """The last component never occurs.

    range(K - 1), integers(0, K - 1) and a missing last border all leave it out.
    Read again: 7.4.1, step 1: z is one of all K components.
    See it: rng.integers(0, 2) is 0 or 1, never 2.
    """
    return np.append(weights[:-1], 0) / max(weights[:-1].sum(), 1e-300)


@Labels.mistake("draw")
def components_of_weight_zero_left_out(plan, p, n_samples, rng):
    """Components of weight 0 are taken out, and the labels of those after them move up.

    Label k then is not component k any more.
    Read again: 7.4.1, step 1: z is one of all K components, of which some are never drawn.
    See it: weights 0.5, 0, 0.5: the labels are 0 and 2, not 0 and 1.
    """
    return Labels.draw(plan, p[p > 0], n_samples, rng)


@Labels.mistake("probabilities", variants=(1e-2, 1e-3))
def small_number_added_to_the_probabilities(plan, weights, small):
    """A small number is added to the weights: a component of weight 0 then is drawn now and then.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, and 0 is never.
    See it: of 4000 labels, a probability of 0.001 makes about 4; a weight of 0 makes none.
    """
    raised = np.where(weights > 0, weights, small)
    return raised / raised.sum() if small in raised else weights


@Labels.mistake("draw")
def most_probable_always(plan, p, n_samples, rng):
    """Every label is the most probable one: argmax for a draw.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": by chance, p(z = k) = pi_k.
    See it: weights 0.7, 0.2, 0.1: label 2 must come up in one draw of ten.
    """
    return np.full(n_samples, p.argmax())


@Labels.mistake("draw")
def one_z_for_all(plan, p, n_samples, rng):
    """One label is drawn and given to all points.

    Each point has a label of its own: draw N of them, size=n_samples.
    Read again: 7.4.4, "Each data point x_n has its own latent variable z_n".
    See it: weights 0.5 and 0.5: 1000 points split into about 500 and 500, not 1000 and 0.
    """
    return np.full(n_samples, rng.choice(len(p), p=p / p.sum()))


@Labels.mistake("draw")
def equal_counts(plan, p, n_samples, rng):
    """Every component gets its exact share of the points, N pi_k: only the order is random.

    Chance is in the counts as well: that of label k scatters by sqrt(N pi_k (1 - pi_k)).
    Read again: 7.4.1, step 1: z is drawn for each point, not dealt out.
    See it: 100 throws of a coin rarely give 50 heads exactly; 45 or 56 are as good.
    """
    return rng.permutation(_fixed_counts(p, n_samples))


@Labels.mistake("draw")
def blocks_of_fixed_size(plan, p, n_samples, rng):
    """The labels come in blocks of fixed size, N pi_k each: nothing is drawn.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": each z by chance.
    See it: np.repeat([0, 1], [7, 3]) is the same every time; a draw is not.
    """
    return _fixed_counts(p, n_samples)


@Labels.mistake("draw")
def labels_in_turn(plan, p, n_samples, rng):
    """The labels come in turn, 0, 1, 2, 0, 1, 2: nothing is drawn.

    Read again: 7.4.1, step 1, "Sample z ~ Categorical(pi)": each z by chance.
    See it: np.arange(6) % 3 is 0, 1, 2, 0, 1, 2 every time.
    """
    return np.arange(n_samples) % len(p)


def _fixed_counts(p, n_samples):
    borders = np.round(np.cumsum(p) * n_samples).astype(int)
    borders[-1] = n_samples
    return np.repeat(np.arange(len(p)), np.diff(borders, prepend=0))


@Labels.mistake("order")
def sorted_output(plan, z):
    """The draws come sorted by component: first all of component 0, then all of 1.

    Neighbours are then not independent, and the first half of the data is not like the second.
    Read again: 7.4.4: the z_n are independent of each other, and of their place n.
    See it: 0, 2, 1, 0 is as drawn; 0, 0, 1, 2 is sorted.
    """
    return np.sort(z)


@Labels.mistake("order")
def each_label_twice(plan, z):
    """Labels come in runs: neighbours share one draw.

    Read again: 7.4.4, "Each data point x_n has its own latent variable z_n".
    See it: 0, 0, 2, 2, 1, 1 are three draws, not six.
    """
    return np.repeat(z[: (len(z) + 1) // 2], 2)[: len(z)]


@Labels.mistake("source")
def global_generator(plan, rng):
    """Chance comes from np.random, or from a new generator, not from the rng that is passed.

    Then nobody can repeat the draw, and neither can you, when you look for an error.
    Read again: the Rules line of the exercise: rng is the only source of chance.
    See it: np.random.default_rng(7) draws 0.625, 0.897 and 0.776 first, every time it is made.
    """
    return np.random.default_rng()


@Labels.mistake("source")
def fixed_seed(plan, rng):
    """The draws come from a generator with a fixed seed, not from the rng that is passed.

    Every call gives the same "random" numbers: two samples are one sample.
    Read again: the Rules line of the exercise: rng is the only source of chance.
    See it: np.random.default_rng(0) draws 0.637, 0.270, 0.041 every time.
    """
    return np.random.default_rng(0)


class SampleLabels(Labels):
    """The exercise `sample_labels`."""

    def answer(self, weights, n_samples, rng):
        """(N,)."""
        return self.labels(weights, n_samples, rng)


@SampleLabels.mistake("hand_back")
def labels_from_one(plan, z):
    """The labels run from 1 to K: in code the components are counted from 0.

    means[z] would then look one component too far, and past the end for the last.
    Read again: "Components are counted from 0 in code" at the head of the assignment.
    See it: K = 3 has the labels 0, 1, 2.
    """
    return z + 1


@SampleLabels.mistake("hand_back")
def labels_as_floats(plan, z):
    """The labels are floats: an index must be an integer.

    np.zeros makes floats; np.zeros(N, dtype=int) makes integers.
    Read again: the Returns line of the exercise: integers from 0 to K-1.
    See it: means[1.0] is an IndexError, means[1] is component 1.
    """
    return z.astype(float)


@SampleLabels.mistake("labels")
def one_hot_returned(plan, weights, n_samples, rng):
    """The labels come one-hot, a table (N, K): rng.multinomial(1, weights, size=N) does that.

    Read again: the Returns line of the exercise: (N,), one integer a point; argmax(axis=1).
    See it: the row 0, 1, 0 is the label 1.
    """
    return rng.multinomial(1, np.asarray(weights, dtype=float), size=n_samples)


@SampleLabels.mistake("labels")
def counts_returned(plan, weights, n_samples, rng):
    """The answer says how often each component was drawn, K numbers, not which one, N labels.

    Read again: the Returns line of the exercise: (N,), one integer a point.
    See it: the labels 0, 2, 0 have the counts 2, 0, 1.
    """
    return rng.multinomial(n_samples, np.asarray(weights, dtype=float))


@SampleLabels.mistake("labels")
def one_draw_only(plan, weights, n_samples, rng):
    """A single label is returned, not n_samples of them: size is missing.

    Read again: the Returns line of the exercise: (N,), one integer a point.
    See it: rng.choice(3) is one number, rng.choice(3, size=5) are five.
    """
    return rng.choice(len(weights), p=np.asarray(weights, dtype=float))


class Gauss(Plan):
    """x ~ N(mu, Sigma) as mu + L e, shared by `sample_gaussian` and `sample_mixture`."""

    def gauss(self, mean, covariance, n_samples, rng):
        """(N, D)."""
        mean, covariance = as_floats(mean, covariance)
        e = self.noise(n_samples, len(mean), rng)
        return self.shift(self.spread(e, self.shape(covariance)), mean)

    def noise(self, n_samples, n_features, rng):
        """Independent N(0, 1)."""
        return rng.standard_normal((n_samples, n_features))

    def shape(self, covariance):
        """The covariance that is drawn with."""
        return covariance

    def spread(self, e, covariance):
        """L e for each row e."""
        return e @ np.linalg.cholesky(covariance).T

    def shift(self, x, mean):
        """The mean added."""
        return x + mean


@Gauss.mistake("spread")
def factor_transposed(plan, e, covariance):
    """The Cholesky factor is used on the wrong side: e @ L for rows e, where e @ L.T belongs.

    Sigma = L L^T. Rows times L have the covariance L^T L, another matrix as soon as the features
    are correlated.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e for a column e.
    See it: L = [[2, 0], [1, 1]] gives L L^T = [[4, 2], [2, 2]], but L^T L = [[5, 1], [1, 1]].
    """
    return e @ np.linalg.cholesky(covariance)


@Gauss.mistake("spread")
def covariance_for_factor(plan, e, covariance):
    """The noise is multiplied by Sigma itself: variance for standard deviation.

    x = mu + L e with Sigma = L L^T. Multiplying by Sigma gives the covariance Sigma Sigma.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.
    See it: variance 4 means 2 e; 4 e has the variance 16.
    """
    return e @ covariance


@Gauss.mistake("spread")
def variances_as_standard_deviations(plan, e, covariance):
    """The variances on the diagonal are used as standard deviations, each feature for itself.

    rng.normal wants scale = the standard deviation; and the features are correlated.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.
    See it: variance 4 means rng.normal(0, 2); rng.normal(0, 4) has the variance 16.
    """
    return e * np.diag(covariance)


@Gauss.mistake("spread")
def features_drawn_apart(plan, e, covariance):
    """Each feature is drawn for itself: variances are right, but the correlation is lost.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is a full matrix.
    See it: Sigma = [[1, 0.9], [0.9, 1]]: both features are large together.
    """
    return e * np.sqrt(np.diag(covariance))


@Gauss.mistake("spread")
def root_of_the_entries(plan, e, covariance):
    """The square root is taken of each entry of Sigma: that is no factor of Sigma.

    The factor is the Cholesky L with L L^T = Sigma.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)".
    See it: [[1, 0.5], [0.5, 1]] has the entry roots [[1, 0.71], [0.71, 1]]; squared as a matrix
    they give [[1.5, 1.41], [1.41, 1.5]].
    """
    return e @ (np.sign(covariance) * np.sqrt(np.abs(covariance)))


@Gauss.mistake("spread")
def precision_for_covariance_in_draw(plan, e, covariance):
    """The draws have the inverse of Sigma as covariance: precision and covariance are swapped.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is the covariance.
    See it: variance 4 gives draws around +-2; variance 1/4 gives +-0.5.
    """
    return e @ np.linalg.cholesky(np.linalg.inv(covariance)).T


@Gauss.mistake("spread")
def factor_for_covariance(plan, e, covariance):
    """The Cholesky factor is used as if it were the covariance: the root is taken twice.

    multivariate_normal wants Sigma itself; only noise e is multiplied by L.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.
    See it: variance 16: draws around +-4; with L = 4 for the variance, around +-2.
    """
    values, vectors = np.linalg.eigh(np.linalg.cholesky(covariance))
    return e @ (vectors * np.sqrt(np.abs(values))).T


@Gauss.mistake("spread")
def rotated_the_other_way(plan, e, covariance):
    """The eigenvectors are used on the wrong side: V where V.T belongs, for rows e.

    Sigma = V diag(v) V^T. Rows e * sqrt(v) are turned by V^T.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + V sqrt(v) e for a column e.
    See it: a cloud along (1, 2) comes out along another line; for 2 features V may be symmetric.
    """
    values, vectors = np.linalg.eigh(covariance)
    return (e * np.sqrt(values)) @ vectors


@Gauss.mistake("spread")
def spread_forgotten(plan, e, covariance):
    """The draws have the covariance 1: Sigma is not used.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)".
    See it: variance 4 gives draws around +-2, not +-1.
    """
    return e


@Gauss.mistake("spread")
def factor_of_the_inverse(plan, e, covariance):
    """The noise is divided by the Cholesky factor where it must be multiplied: it is whitened.

    Solving L y = e takes spread out; L e puts it in.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.
    See it: variance 4, L = 2: 2 e has the variance 4, e / 2 has 1/4.
    """
    return np.linalg.solve(np.linalg.cholesky(covariance), e.T).T


@Gauss.mistake("shift")
def mean_forgotten(plan, x, mean):
    """The mean is not added: the draws lie around 0.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.
    See it: mean 5, variance 1: draws between 3 and 7, not between -2 and 2.
    """
    return x


@Gauss.mistake("shift")
def mean_subtracted(plan, x, mean):
    """The mean is taken off where it must be added: the draws lie around -mu.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.
    See it: mean 5, variance 1: draws between 3 and 7, not between -7 and -3.
    """
    return x - mean


@Gauss.mistake("noise")
def uniform_noise(plan, n_samples, n_features, rng):
    """The noise is uniform between 0 and 1: rng.random for rng.standard_normal.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Gaussian, with mean 0 before mu.
    See it: rng.random() is never below 0; half of all normal draws are.
    """
    return rng.random((n_samples, n_features))


@Gauss.mistake("noise")
def symmetric_uniform_noise(plan, n_samples, n_features, rng):
    """Mean and covariance are right, but the noise is uniform: a box, not a bell.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Gaussian.
    See it: of 1000 normal draws about 3 lie beyond 3 standard deviations; here none beyond 1.73.
    """
    return rng.uniform(-np.sqrt(3), np.sqrt(3), (n_samples, n_features))


@Gauss.mistake("noise")
def one_noise_for_all_features(plan, n_samples, n_features, rng):
    """One number is drawn for each point and used in all its features: they lie on a line.

    L e needs a vector e of D independent numbers.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x has D features.
    See it: rng.standard_normal((5, 2)) has 10 numbers, rng.standard_normal((5, 1)) has 5.
    """
    return rng.standard_normal((n_samples, 1)) * np.ones(n_features)


@Gauss.mistake("noise")
def one_noise_for_all_points(plan, n_samples, n_features, rng):
    """One vector is drawn and used for all points: the rows are equal.

    Read again: 7.4.1: "data is sampled" point by point, each with noise of its own.
    See it: rng.standard_normal((5, 2)) has 5 rows, rng.standard_normal(2) has one.
    """
    return np.ones((n_samples, 1)) * rng.standard_normal(n_features)


@Gauss.mistake("noise")
def noise_never_negative(plan, n_samples, n_features, rng):
    """The noise is never negative: all draws lie to one side of the mean.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": symmetric about mu.
    See it: half of all draws of N(0, 1) are below 0.
    """
    return np.abs(rng.standard_normal((n_samples, n_features)))


@Gauss.mistake("noise")
def rows_sorted(plan, n_samples, n_features, rng):
    """The draws are sorted: neighbours are alike.

    Rows must be independent of their place.
    Read again: 7.4.4: the points are independent of each other.
    See it: -1.2, 0.3, 2.0 in this order tells where the next one lies.
    """
    return np.sort(rng.standard_normal((n_samples, n_features)), axis=0)


@Gauss.mistake("noise")
def noise_with_its_mirror_image(plan, n_samples, n_features, rng):
    """Every second half of the draws is the first half with its sign turned round.

    That makes their mean exact, but rows are not independent any more.
    Read again: 7.4.4: the points are independent of each other.
    See it: 1.3, -0.2, -1.3, 0.2 are two draws, not four.
    """
    half = rng.standard_normal(((n_samples + 1) // 2, n_features))
    return np.concatenate([half, -half])[:n_samples]


@Gauss.mistake("noise")
def noise_centred(plan, n_samples, n_features, rng):
    """The mean of the draws is taken off, so that the sample has the mean mu exactly.

    Chance is in the mean as well: that of N draws scatters by sigma / sqrt(N).
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": each draw on its own.
    See it: 100 draws of N(0, 1) have a mean of about +-0.1, and a single one is not 0.
    """
    e = rng.standard_normal((n_samples, n_features))
    return e - e.mean(axis=0) if n_samples else e


class SampleGaussian(Gauss):
    """The exercise `sample_gaussian`."""

    def answer(self, mean, covariance, n_samples, rng):
        """(N, D)."""
        return self.gauss(mean, covariance, n_samples, self.source(rng))

    def source(self, rng):
        """Where chance comes from."""
        return rng


SampleLabels.mistake("hand_back")(squeezed)
SampleGaussian.mistake("source")(global_generator)
SampleGaussian.mistake("source")(fixed_seed)


@SampleGaussian.mistake("hand_back")
def features_as_rows(plan, X):
    """The answer lies on its side: (D, N), where one row a point, (N, D), is asked for.

    L @ e with e of shape (D, N) gives columns; transpose at the end.
    Read again: the Returns line of the exercise: (N, D).
    See it: 40 points of 2 features have the shape (40, 2).
    """
    return X.T


@SampleGaussian.mistake("hand_back")
def reshaped_for_rows(plan, X):
    """A table (D, N) was reshaped to (N, D), which breaks its rows up; .T would turn it.

    The features of one draw then belong to different draws.
    Read again: the Returns line of the exercise: (N, D), one row a point.
    See it: [[1, 2, 3], [4, 5, 6]]: .T begins with 1, 4; .reshape(3, 2) with 1, 2.
    """
    return X.T.reshape(X.shape)


SampleGaussian.mistake("hand_back")(squeezed)


@SampleGaussian.mistake("hand_back")
def draws_in_float32(plan, X):
    """The draws are of dtype float32, which keeps 7 digits of 16.

    Read again: the Returns line of the exercise; leave out astype and dtype.
    See it: np.float32(1e8 + 1) - np.float32(1e8) is 0, not 1.
    """
    return X.astype(np.float32)


@SampleGaussian.mistake("hand_back")
def draws_rounded(plan, X):
    """The draws are cut off to integers: an array of integers was filled.

    Read again: the Returns line of the exercise: numbers of float64.
    See it: a = np.zeros(3, dtype=int); a[0] = 2.7 leaves a[0] == 2.
    """
    return X.astype(int)


@SampleGaussian.mistake("gauss")
def one_point_only(plan, mean, covariance, n_samples, rng):
    """A single point is returned, not n_samples of them: size is missing.

    Read again: the Returns line of the exercise: (N, D), one row a point.
    See it: 40 points of 2 features have the shape (40, 2), one point has (2,).
    """
    return Gauss.gauss(plan, mean, covariance, 1, rng)[0]


@SampleGaussian.mistake("answer")
def whole_numbers_like_the_mean(plan, mean, covariance, n_samples, rng):
    """Where the mean is given in whole numbers, the draws are cut off to whole numbers, too.

    np.zeros_like(mean) and np.empty_like(mean) have its dtype: of integers, they keep integers.
    Read again: the Returns line of the exercise: numbers of float64, whatever comes in.
    See it: a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.
    """
    X = SampleGaussian.answer(plan, mean, covariance, n_samples, rng)
    return X.astype(np.asarray(mean).dtype)


class SampleMixture(Labels, Gauss):
    """The exercise `sample_mixture`."""

    # Sorted labels and sorted pairs are one mistake here.
    harmless = frozenset({"sorted_output", "one_noise_for_all_points"})

    def answer(self, weights, means, covariances, n_samples, rng):
        """The tuple (X, z)."""
        rng = self.source(rng)
        z = self.labels(weights, n_samples, rng)
        return self.points(z, *as_floats(weights, means, covariances), rng), z

    def points(self, z, weights, means, covariances, rng):
        """(N, D): each point from the component of its label."""
        X = np.empty((len(z), means.shape[1]))
        for k in range(len(means)):
            of_k = z == k
            mean, covariance = self.component(means, covariances, k)
            X[of_k] = self.gauss(mean, covariance, np.sum(of_k), rng)
        return X

    def component(self, means, covariances, k):
        """The mean and the covariance of component k."""
        return means[k], covariances[k]


@SampleMixture.mistake("component")
def points_from_component_zero(plan, means, covariances, k):
    """All points are drawn from component 0, whatever their label.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1": that of the label.
    See it: means 0 and 10, label 1: x is near 10.
    """
    return means[0], covariances[0]


@SampleMixture.mistake("component", variants=(-1, 1))
def component_next_to_the_label(plan, means, covariances, k, step):
    """Each point is drawn from the component before its label, or after it: one index is off.

    Labels count from 0 in code; z - 1 makes -1 of label 0, which is the last component.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1": the same k.
    See it: means 0, 10, 20, label 1: x is near 10.
    """
    other = (k + step) % len(means)
    return means[other], covariances[other]


@SampleMixture.mistake("component")
def covariance_of_component_zero(plan, means, covariances, k):
    """The means are those of the labels, but all points have the covariance of component 0.

    Read again: 7.4.1, step 2, "N(mu_k, Sigma_k)": mean and covariance carry the same index.
    See it: variances 1 and 9, label 1: x scatters by 3 about its mean.
    """
    return means[k], covariances[0]


@SampleMixture.mistake("component")
def average_covariance(plan, means, covariances, k):
    """The means are those of the labels, but all points have one covariance, the average.

    Read again: 7.4.1, step 2, "N(mu_k, Sigma_k)": each component has a Sigma_k of its own.
    See it: variances 1 and 9, label 1: x scatters by 3 about its mean, not by 2.2.
    """
    return means[k], covariances.mean(axis=0)


@SampleMixture.mistake("points")
def labels_and_points_apart(plan, z, weights, means, covariances, rng):
    """The points have labels of their own: X and z are drawn separately and do not belong together.

    Each point must come from the component that its own z names, and a shuffle must take both.
    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1".
    See it: means 0 and 10, z = 0, 1: x is near 0 and near 10, in this order.
    """
    return SampleMixture.points(plan, rng.permutation(z), weights, means, covariances, rng)


@SampleMixture.mistake("answer")
def whole_numbers_like_the_means(plan, weights, means, covariances, n_samples, rng):
    """Where the means are given in whole numbers, the points are cut off to whole numbers, too.

    np.zeros_like(means[z]) and np.empty_like(means[z]) have the dtype of means: of integers, they
    keep integers.
    Read again: the Returns line of the exercise: numbers of float64, whatever comes in.
    See it: a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.
    """
    X, z = SampleMixture.answer(plan, weights, means, covariances, n_samples, rng)
    return X.astype(np.asarray(means).dtype), z


@SampleMixture.mistake("points")
def weighted_sum_of_gaussians(plan, z, weights, means, covariances, rng):
    """Each point is the weighted sum of a draw from every component.

    That is one Gaussian again, with its one peak between the components. A mixture takes one
    component for each point.
    Read again: 7.4.1: first z, then x from the one component that z names.
    See it: means -5 and 5, weights 1/2: points lie near -5 or 5, their sum would lie near 0.
    """
    draws = [plan.gauss(m, c, len(z), rng) for m, c in zip(means, covariances, strict=True)]
    return np.einsum("k,knd->nd", weights, np.stack(draws))


@SampleMixture.mistake("points")
def average_component(plan, z, weights, means, covariances, rng):
    """All points are drawn from one Gaussian with the average mean and the average covariance.

    Read again: 7.4.1: first z, then x from the one component that z names.
    See it: means -5 and 5, weights 1/2: points lie near -5 or 5, not near 0.
    """
    covariance = np.einsum("k,kij->ij", weights, covariances)
    return plan.gauss(weights @ means, covariance, len(z), rng)


@SampleMixture.mistake("points")
def one_noise_for_a_component(plan, z, weights, means, covariances, rng):
    """All points of a component are equal: one draw was made for each component.

    Each point needs noise of its own: draw N times, not K times.
    Read again: 7.4.1: "data is sampled" point by point.
    See it: three labels 0 need three different points near mean 0.
    """
    draws = [plan.gauss(m, c, 1, rng)[0] for m, c in zip(means, covariances, strict=True)]
    return np.stack(draws)[z]


@SampleMixture.mistake("points")
def means_without_noise(plan, z, weights, means, covariances, rng):
    """Each point is the mean of its component: no noise is added.

    Read again: 7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": with the spread Sigma_k.
    See it: mean 0, variance 4: draws like -1.3, 0.4, 2.2, not 0, 0, 0.
    """
    return means[z]


@SampleMixture.mistake("answer")
def labels_guessed_from_the_points(plan, weights, means, covariances, n_samples, rng):
    """Each label is the most probable component of its point, not the one that drew it.

    Where components overlap that is another one; a label is drawn first and kept.
    Read again: 7.4.1: 1. z, 2. x given z. Guessing z from x is the posterior of 7.4.3.
    See it: means 0 and 1: a point at 0.9 often comes from component 0.
    """
    X, _ = SampleMixture.answer(plan, weights, means, covariances, n_samples, rng)
    return X, Joint().joint(X, weights, means, covariances).argmax(axis=1)


@SampleMixture.mistake("hand_back")
def points_squeezed(plan, pair):
    """An axis of length 1 of X is lost: with one point or one feature its shape is another.

    Read again: the Returns line of the exercise: X (N, D), also for N = 1 and D = 1.
    See it: np.squeeze of the shape (40, 1) is (40,); reshape(n_samples, -1) brings it back.
    """
    return np.squeeze(pair[0]), pair[1]


@SampleMixture.mistake("hand_back")
def labels_before_points(plan, pair):
    """The two parts are swapped: (z, X), where (X, z) is asked for.

    Read again: the Returns line of the exercise: X (N, D), then z (N,).
    See it: 40 points of 2 features: the shapes must be (40, 2) and then (40,).
    """
    return pair[1], pair[0]


@SampleMixture.mistake("hand_back")
def points_without_labels(plan, pair):
    """Only the points are returned: the labels are missing.

    Read again: the Returns line of the exercise: X (N, D), then z (N,).
    See it: 40 points of 2 features: the shapes must be (40, 2) and (40,).
    """
    return pair[0]


@SampleMixture.mistake("hand_back")
def mixture_labels_from_one(plan, pair):
    """The labels run from 1 to K: in code the components are counted from 0.

    Read again: "Components are counted from 0 in code" at the head of the assignment.
    See it: K = 3 has the labels 0, 1, 2.
    """
    return pair[0], pair[1] + 1


@SampleMixture.mistake("hand_back")
def mixture_labels_one_hot(plan, pair):
    """The labels come one-hot, a table (N, K), where one integer a point is asked for.

    Read again: the Returns line of the exercise: z (N,).
    See it: the row 0, 1, 0 is the label 1.
    """
    return pair[0], np.eye(3, dtype=int)[pair[1] % 3]


@SampleMixture.mistake("hand_back")
def sorted_by_component(plan, pair):
    """The pairs come sorted by component: first all of component 0, then all of 1.

    Neighbours are then not independent, and the first half of the data is not like the second.
    Read again: 7.4.4: the z_n are independent of each other, and of their place n.
    See it: 0, 2, 1, 0 is as drawn; 0, 0, 1, 2 is sorted.
    """
    X, z = pair
    order = np.argsort(z, kind="stable")
    return X[order], z[order]
