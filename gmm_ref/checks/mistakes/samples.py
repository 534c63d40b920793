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


@Labels.mistake(
    "probabilities",
    what="All labels are equally frequent: the weights are not used.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.',
    see="weights 0.7, 0.2, 0.1: of 1000 labels about 700, 200 and 100 are 0, 1 and 2.",
)
def labels_uniform(plan, weights):
    return np.full(len(weights), 1 / len(weights))


@Labels.mistake(
    "probabilities",
    what="The labels follow the squares of the weights: common ones come too often.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.',
    see="weights 0.8 and 0.2 are 4 to 1; squared they are 16 to 1.",
)
def weights_squared_in_draw(plan, weights):
    return weights**2 / np.sum(weights**2)


@Labels.mistake(
    "probabilities",
    what="The labels follow the weights in reverse order: those of other components.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, the same k.',
    see="weights 0.7, 0.2, 0.1: label 0 is the most frequent one.",
)
def weights_in_the_wrong_order(plan, weights):
    return weights[::-1]


@Labels.mistake(
    "probabilities",
    what="The labels follow the sorted weights: label 0 gets the smallest, the last the largest.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, the same k.',
    see="weights 0.7, 0.1, 0.2: label 1 is the rare one, whatever their order of size.",
)
def sorted_weights(plan, weights):
    return np.sort(weights)


@Labels.mistake(
    "probabilities",
    what="exp is taken of the weights before they are used: a softmax, which makes them more "
    "alike.",
    why="The weights are probabilities already.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.',
    see="the softmax of 0.7, 0.2, 0.1 is 0.46, 0.28, 0.25.",
)
def softmax_of_the_weights(plan, weights):
    return np.exp(weights) / np.sum(np.exp(weights))


@Labels.mistake(
    "probabilities",
    what="The labels follow 1 - pi: rare ones come often.",
    why="A comparison the wrong way round, u > cumsum for u < cumsum, can do that.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.',
    see="weights 0.7, 0.2, 0.1: label 0 is the most frequent one.",
)
def one_minus_the_weights(plan, weights):
    return (1 - weights) / np.sum(1 - weights)


@Labels.mistake(
    "probabilities",
    what="The cumulative sums of the weights are used as probabilities.",
    why="They are the borders that one uniform number is compared with: u falls into interval k.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k.',
    see="weights 0.7, 0.2, 0.1 have the borders 0.7, 0.9, 1.0; u = 0.8 gives label 1.",
)
def cumulative_sum_as_probabilities(plan, weights):
    return np.cumsum(weights) / np.cumsum(weights).sum()


@Labels.mistake(
    "probabilities",
    what="The last component never occurs.",
    why="range(K - 1), integers(0, K - 1) and a missing last border all leave it out.",
    read="7.4.1, step 1: z is one of all K components.",
    see="rng.integers(0, 2) is 0 or 1, never 2.",
)
def last_component_never(plan, weights):
    return np.append(weights[:-1], 0) / max(weights[:-1].sum(), 1e-300)


@Labels.mistake(
    "draw",
    what="Components of weight 0 are taken out, and the labels of those after them move up.",
    why="Label k then is not component k any more.",
    read="7.4.1, step 1: z is one of all K components, of which some are never drawn.",
    see="weights 0.5, 0, 0.5: the labels are 0 and 2, not 0 and 1.",
)
def components_of_weight_zero_left_out(plan, p, n_samples, rng):
    return Labels.draw(plan, p[p > 0], n_samples, rng)


@Labels.mistake(
    "probabilities",
    what="A small number is added to the weights: a component of weight 0 then is drawn now and "
    "then.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, and 0 is never.',
    see="of 4000 labels, a probability of 0.001 makes about 4; a weight of 0 makes none.",
    variants=(1e-2, 1e-3),
)
def small_number_added_to_the_probabilities(plan, weights, small):
    raised = np.where(weights > 0, weights, small)
    return raised / raised.sum() if small in raised else weights


@Labels.mistake(
    "draw",
    what="Every label is the most probable one: argmax for a draw.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": by chance, p(z = k) = pi_k.',
    see="weights 0.7, 0.2, 0.1: label 2 must come up in one draw of ten.",
)
def most_probable_always(plan, p, n_samples, rng):
    return np.full(n_samples, p.argmax())


@Labels.mistake(
    "draw",
    what="One label is drawn and given to all points.",
    why="Each point has a label of its own: draw N of them, size=n_samples.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n".',
    see="weights 0.5 and 0.5: 1000 points split into about 500 and 500, not 1000 and 0.",
)
def one_z_for_all(plan, p, n_samples, rng):
    return np.full(n_samples, rng.choice(len(p), p=p / p.sum()))


@Labels.mistake(
    "draw",
    what="Every component gets its exact share of the points, N pi_k: only the order is random.",
    why="Chance is in the counts as well: that of label k scatters by sqrt(N pi_k (1 - pi_k)).",
    read="7.4.1, step 1: z is drawn for each point, not dealt out.",
    see="100 throws of a coin rarely give 50 heads exactly; 45 or 56 are as good.",
)
def equal_counts(plan, p, n_samples, rng):
    return rng.permutation(_fixed_counts(p, n_samples))


@Labels.mistake(
    "draw",
    what="The labels come in blocks of fixed size, N pi_k each: nothing is drawn.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": each z by chance.',
    see="np.repeat([0, 1], [7, 3]) is the same every time; a draw is not.",
)
def blocks_of_fixed_size(plan, p, n_samples, rng):
    return _fixed_counts(p, n_samples)


@Labels.mistake(
    "draw",
    what="The labels come in turn, 0, 1, 2, 0, 1, 2: nothing is drawn.",
    read='7.4.1, step 1, "Sample z ~ Categorical(pi)": each z by chance.',
    see="np.arange(6) % 3 is 0, 1, 2, 0, 1, 2 every time.",
)
def labels_in_turn(plan, p, n_samples, rng):
    return np.arange(n_samples) % len(p)


def _fixed_counts(p, n_samples):
    borders = np.round(np.cumsum(p) * n_samples).astype(int)
    borders[-1] = n_samples
    return np.repeat(np.arange(len(p)), np.diff(borders, prepend=0))


@Labels.mistake(
    "order",
    what="The draws come sorted by component: first all of component 0, then all of 1.",
    why="Neighbours are then not independent, and the first half of the data is not like the "
    "second.",
    read="7.4.4: the z_n are independent of each other, and of their place n.",
    see="0, 2, 1, 0 is as drawn; 0, 0, 1, 2 is sorted.",
)
def sorted_output(plan, z):
    return np.sort(z)


@Labels.mistake(
    "order",
    what="Labels come in runs: neighbours share one draw.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n".',
    see="0, 0, 2, 2, 1, 1 are three draws, not six.",
)
def each_label_twice(plan, z):
    return np.repeat(z[: (len(z) + 1) // 2], 2)[: len(z)]


@Labels.mistake(
    "source",
    what="Chance comes from np.random, or from a new generator, not from the rng that is passed.",
    why="Then nobody can repeat the draw, and neither can you, when you look for an error.",
    read="the Rules line of the exercise: rng is the only source of chance.",
    see="np.random.default_rng(7) draws 0.625, 0.897 and 0.776 first, every time it is made.",
)
def global_generator(plan, rng):
    return np.random.default_rng()


@Labels.mistake(
    "source",
    what="The draws come from a generator with a fixed seed, not from the rng that is passed.",
    why='Every call gives the same "random" numbers: two samples are one sample.',
    read="the Rules line of the exercise: rng is the only source of chance.",
    see="np.random.default_rng(0) draws 0.637, 0.270, 0.041 every time.",
)
def fixed_seed(plan, rng):
    return np.random.default_rng(0)


class SampleLabels(Labels):
    """The exercise `sample_labels`."""

    def answer(self, weights, n_samples, rng):
        """(N,)."""
        return self.labels(weights, n_samples, rng)


@SampleLabels.mistake(
    "hand_back",
    what="The labels run from 1 to K: in code the components are counted from 0.",
    why="means[z] would then look one component too far, and past the end for the last.",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="K = 3 has the labels 0, 1, 2.",
)
def labels_from_one(plan, z):
    return z + 1


@SampleLabels.mistake(
    "hand_back",
    what="The labels are floats: an index must be an integer.",
    why="np.zeros makes floats; np.zeros(N, dtype=int) makes integers.",
    read="the Returns line of the exercise: integers from 0 to K-1.",
    see="means[1.0] is an IndexError, means[1] is component 1.",
)
def labels_as_floats(plan, z):
    return z.astype(float)


@SampleLabels.mistake(
    "labels",
    what="The labels come one-hot, a table (N, K): rng.multinomial(1, weights, size=N) does that.",
    read="the Returns line of the exercise: (N,), one integer a point; argmax(axis=1).",
    see="the row 0, 1, 0 is the label 1.",
)
def one_hot_returned(plan, weights, n_samples, rng):
    return rng.multinomial(1, np.asarray(weights, dtype=float), size=n_samples)


@SampleLabels.mistake(
    "labels",
    what="The answer says how often each component was drawn, K numbers, not which one, N labels.",
    read="the Returns line of the exercise: (N,), one integer a point.",
    see="the labels 0, 2, 0 have the counts 2, 0, 1.",
)
def counts_returned(plan, weights, n_samples, rng):
    return rng.multinomial(n_samples, np.asarray(weights, dtype=float))


@SampleLabels.mistake(
    "labels",
    what="A single label is returned, not n_samples of them: size is missing.",
    read="the Returns line of the exercise: (N,), one integer a point.",
    see="rng.choice(3) is one number, rng.choice(3, size=5) are five.",
)
def one_draw_only(plan, weights, n_samples, rng):
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


@Gauss.mistake(
    "spread",
    what="The Cholesky factor is used on the wrong side: e @ L for rows e, where e @ L.T belongs.",
    why="Sigma = L L^T. Rows times L have the covariance L^T L, another matrix as soon as the "
    "features are correlated.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e for a column e.',
    see="L = [[2, 0], [1, 1]] gives L L^T = [[4, 2], [2, 2]], but L^T L = [[5, 1], [1, 1]].",
)
def factor_transposed(plan, e, covariance):
    return e @ np.linalg.cholesky(covariance)


@Gauss.mistake(
    "spread",
    what="The noise is multiplied by Sigma itself: variance for standard deviation.",
    why="x = mu + L e with Sigma = L L^T. Multiplying by Sigma gives the covariance Sigma Sigma.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.',
    see="variance 4 means 2 e; 4 e has the variance 16.",
)
def covariance_for_factor(plan, e, covariance):
    return e @ covariance


@Gauss.mistake(
    "spread",
    what="The variances on the diagonal are used as standard deviations, each feature for itself.",
    why="rng.normal wants scale = the standard deviation; and the features are correlated.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.',
    see="variance 4 means rng.normal(0, 2); rng.normal(0, 4) has the variance 16.",
)
def variances_as_standard_deviations(plan, e, covariance):
    return e * np.diag(covariance)


@Gauss.mistake(
    "spread",
    what="Each feature is drawn for itself: variances are right, but the correlation is lost.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is a full matrix.',
    see="Sigma = [[1, 0.9], [0.9, 1]]: both features are large together.",
)
def features_drawn_apart(plan, e, covariance):
    return e * np.sqrt(np.diag(covariance))


@Gauss.mistake(
    "spread",
    what="The square root is taken of each entry of Sigma: that is no factor of Sigma.",
    why="The factor is the Cholesky L with L L^T = Sigma.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)".',
    see="[[1, 0.5], [0.5, 1]] has the entry roots [[1, 0.71], [0.71, 1]]; squared as a matrix "
    "they give [[1.5, 1.41], [1.41, 1.5]].",
)
def root_of_the_entries(plan, e, covariance):
    return e @ (np.sign(covariance) * np.sqrt(np.abs(covariance)))


@Gauss.mistake(
    "spread",
    what="The draws have the inverse of Sigma as covariance: precision and covariance are swapped.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is the covariance.',
    see="variance 4 gives draws around +-2; variance 1/4 gives +-0.5.",
)
def precision_for_covariance_in_draw(plan, e, covariance):
    return e @ np.linalg.cholesky(np.linalg.inv(covariance)).T


@Gauss.mistake(
    "spread",
    what="The Cholesky factor is used as if it were the covariance: the root is taken twice.",
    why="multivariate_normal wants Sigma itself; only noise e is multiplied by L.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Sigma_k is in units of x squared.',
    see="variance 16: draws around +-4; with L = 4 for the variance, around +-2.",
)
def factor_for_covariance(plan, e, covariance):
    values, vectors = np.linalg.eigh(np.linalg.cholesky(covariance))
    return e @ (vectors * np.sqrt(np.abs(values))).T


@Gauss.mistake(
    "spread",
    what="The eigenvectors are used on the wrong side: V where V.T belongs, for rows e.",
    why="Sigma = V diag(v) V^T. Rows e * sqrt(v) are turned by V^T.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + V sqrt(v) e for a column e.',
    see="a cloud along (1, 2) comes out along another line; for 2 features V may be symmetric.",
)
def rotated_the_other_way(plan, e, covariance):
    values, vectors = np.linalg.eigh(covariance)
    return (e * np.sqrt(values)) @ vectors


@Gauss.mistake(
    "spread",
    what="The draws have the covariance 1: Sigma is not used.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)".',
    see="variance 4 gives draws around +-2, not +-1.",
)
def spread_forgotten(plan, e, covariance):
    return e


@Gauss.mistake(
    "spread",
    what="The noise is divided by the Cholesky factor where it must be multiplied: it is whitened.",
    why="Solving L y = e takes spread out; L e puts it in.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.',
    see="variance 4, L = 2: 2 e has the variance 4, e / 2 has 1/4.",
)
def factor_of_the_inverse(plan, e, covariance):
    return np.linalg.solve(np.linalg.cholesky(covariance), e.T).T


@Gauss.mistake(
    "shift",
    what="The mean is not added: the draws lie around 0.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.',
    see="mean 5, variance 1: draws between 3 and 7, not between -2 and 2.",
)
def mean_forgotten(plan, x, mean):
    return x


@Gauss.mistake(
    "shift",
    what="The mean is taken off where it must be added: the draws lie around -mu.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e.',
    see="mean 5, variance 1: draws between 3 and 7, not between -7 and -3.",
)
def mean_subtracted(plan, x, mean):
    return x - mean


@Gauss.mistake(
    "noise",
    what="The noise is uniform between 0 and 1: rng.random for rng.standard_normal.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Gaussian, with mean 0 before mu.',
    see="rng.random() is never below 0; half of all normal draws are.",
)
def uniform_noise(plan, n_samples, n_features, rng):
    return rng.random((n_samples, n_features))


@Gauss.mistake(
    "noise",
    what="Mean and covariance are right, but the noise is uniform: a box, not a bell.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": Gaussian.',
    see="of 1000 normal draws about 3 lie beyond 3 standard deviations; here none beyond 1.73.",
)
def symmetric_uniform_noise(plan, n_samples, n_features, rng):
    return rng.uniform(-np.sqrt(3), np.sqrt(3), (n_samples, n_features))


@Gauss.mistake(
    "noise",
    what="One number is drawn for each point and used in all its features: they lie on a line.",
    why="L e needs a vector e of D independent numbers.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x has D features.',
    see="rng.standard_normal((5, 2)) has 10 numbers, rng.standard_normal((5, 1)) has 5.",
)
def one_noise_for_all_features(plan, n_samples, n_features, rng):
    return rng.standard_normal((n_samples, 1)) * np.ones(n_features)


@Gauss.mistake(
    "noise",
    what="One vector is drawn and used for all points: the rows are equal.",
    read='7.4.1: "data is sampled" point by point, each with noise of its own.',
    see="rng.standard_normal((5, 2)) has 5 rows, rng.standard_normal(2) has one.",
)
def one_noise_for_all_points(plan, n_samples, n_features, rng):
    return np.ones((n_samples, 1)) * rng.standard_normal(n_features)


@Gauss.mistake(
    "noise",
    what="The noise is never negative: all draws lie to one side of the mean.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": symmetric about mu.',
    see="half of all draws of N(0, 1) are below 0.",
)
def noise_never_negative(plan, n_samples, n_features, rng):
    return np.abs(rng.standard_normal((n_samples, n_features)))


@Gauss.mistake(
    "noise",
    what="The draws are sorted: neighbours are alike.",
    why="Rows must be independent of their place.",
    read="7.4.4: the points are independent of each other.",
    see="-1.2, 0.3, 2.0 in this order tells where the next one lies.",
)
def rows_sorted(plan, n_samples, n_features, rng):
    return np.sort(rng.standard_normal((n_samples, n_features)), axis=0)


@Gauss.mistake(
    "noise",
    what="Every second half of the draws is the first half with its sign turned round.",
    why="That makes their mean exact, but rows are not independent any more.",
    read="7.4.4: the points are independent of each other.",
    see="1.3, -0.2, -1.3, 0.2 are two draws, not four.",
)
def noise_with_its_mirror_image(plan, n_samples, n_features, rng):
    half = rng.standard_normal(((n_samples + 1) // 2, n_features))
    return np.concatenate([half, -half])[:n_samples]


@Gauss.mistake(
    "noise",
    what="The mean of the draws is taken off, so that the sample has the mean mu exactly.",
    why="Chance is in the mean as well: that of N draws scatters by sigma / sqrt(N).",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": each draw on its own.',
    see="100 draws of N(0, 1) have a mean of about +-0.1, and a single one is not 0.",
)
def noise_centred(plan, n_samples, n_features, rng):
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


SampleLabels.suffers("hand_back", squeezed)
SampleGaussian.suffers("source", global_generator)
SampleGaussian.suffers("source", fixed_seed)


@SampleGaussian.mistake(
    "hand_back",
    what="The answer lies on its side: (D, N), where one row a point, (N, D), is asked for.",
    why="L @ e with e of shape (D, N) gives columns; transpose at the end.",
    read="the Returns line of the exercise: (N, D).",
    see="40 points of 2 features have the shape (40, 2).",
)
def features_as_rows(plan, X):
    return X.T


@SampleGaussian.mistake(
    "hand_back",
    what="A table (D, N) was reshaped to (N, D), which breaks its rows up; .T would turn it.",
    why="The features of one draw then belong to different draws.",
    read="the Returns line of the exercise: (N, D), one row a point.",
    see="[[1, 2, 3], [4, 5, 6]]: .T begins with 1, 4; .reshape(3, 2) with 1, 2.",
)
def reshaped_for_rows(plan, X):
    return X.T.reshape(X.shape)


SampleGaussian.suffers("hand_back", squeezed)


@SampleGaussian.mistake(
    "hand_back",
    what="The draws are of dtype float32, which keeps 7 digits of 16.",
    read="the Returns line of the exercise; leave out astype and dtype.",
    see="np.float32(1e8 + 1) - np.float32(1e8) is 0, not 1.",
)
def draws_in_float32(plan, X):
    return X.astype(np.float32)


@SampleGaussian.mistake(
    "hand_back",
    what="The draws are cut off to integers: an array of integers was filled.",
    read="the Returns line of the exercise: numbers of float64.",
    see="a = np.zeros(3, dtype=int); a[0] = 2.7 leaves a[0] == 2.",
)
def draws_rounded(plan, X):
    return X.astype(int)


@SampleGaussian.mistake(
    "gauss",
    what="A single point is returned, not n_samples of them: size is missing.",
    read="the Returns line of the exercise: (N, D), one row a point.",
    see="40 points of 2 features have the shape (40, 2), one point has (2,).",
)
def one_point_only(plan, mean, covariance, n_samples, rng):
    return Gauss.gauss(plan, mean, covariance, 1, rng)[0]


@SampleGaussian.mistake(
    "answer",
    what="Where the mean is given in whole numbers, the draws are cut off to whole numbers, too.",
    why="np.zeros_like(mean) and np.empty_like(mean) have its dtype: of integers, they keep "
    "integers.",
    read="the Returns line of the exercise: numbers of float64, whatever comes in.",
    see="a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.",
)
def whole_numbers_like_the_mean(plan, mean, covariance, n_samples, rng):
    X = SampleGaussian.answer(plan, mean, covariance, n_samples, rng)
    return X.astype(np.asarray(mean).dtype)


class SampleMixture(Labels, Gauss):
    """The exercise `sample_mixture`."""

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


@SampleMixture.mistake(
    "component",
    what="All points are drawn from component 0, whatever their label.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1": that of the label.',
    see="means 0 and 10, label 1: x is near 10.",
)
def points_from_component_zero(plan, means, covariances, k):
    return means[0], covariances[0]


@SampleMixture.mistake(
    "component",
    what="Each point is drawn from the component before its label, or after it: one index is off.",
    why="Labels count from 0 in code; z - 1 makes -1 of label 0, which is the last component.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1": the same k.',
    see="means 0, 10, 20, label 1: x is near 10.",
    variants=(-1, 1),
)
def component_next_to_the_label(plan, means, covariances, k, step):
    other = (k + step) % len(means)
    return means[other], covariances[other]


@SampleMixture.mistake(
    "component",
    what="The means are those of the labels, but all points have the covariance of component 0.",
    read='7.4.1, step 2, "N(mu_k, Sigma_k)": mean and covariance carry the same index.',
    see="variances 1 and 9, label 1: x scatters by 3 about its mean.",
)
def covariance_of_component_zero(plan, means, covariances, k):
    return means[k], covariances[0]


@SampleMixture.mistake(
    "component",
    what="The means are those of the labels, but all points have one covariance, the average.",
    read='7.4.1, step 2, "N(mu_k, Sigma_k)": each component has a Sigma_k of its own.',
    see="variances 1 and 9, label 1: x scatters by 3 about its mean, not by 2.2.",
)
def average_covariance(plan, means, covariances, k):
    return means[k], covariances.mean(axis=0)


@SampleMixture.mistake(
    "points",
    what="The points have labels of their own: X and z are drawn separately and do not belong "
    "together.",
    why="Each point must come from the component that its own z names, and a shuffle must take "
    "both.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1".',
    see="means 0 and 10, z = 0, 1: x is near 0 and near 10, in this order.",
)
def labels_and_points_apart(plan, z, weights, means, covariances, rng):
    return SampleMixture.points(plan, rng.permutation(z), weights, means, covariances, rng)


@SampleMixture.mistake(
    "answer",
    what="Where the means are given in whole numbers, the points are cut off to whole numbers, "
    "too.",
    why="np.zeros_like(means[z]) and np.empty_like(means[z]) have the dtype of means: of "
    "integers, they keep integers.",
    read="the Returns line of the exercise: numbers of float64, whatever comes in.",
    see="a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.",
)
def whole_numbers_like_the_means(plan, weights, means, covariances, n_samples, rng):
    X, z = SampleMixture.answer(plan, weights, means, covariances, n_samples, rng)
    return X.astype(np.asarray(means).dtype), z


@SampleMixture.mistake(
    "points",
    what="Each point is the weighted sum of a draw from every component.",
    why="That is one Gaussian again, with its one peak between the components. A mixture takes "
    "one component for each point.",
    read="7.4.1: first z, then x from the one component that z names.",
    see="means -5 and 5, weights 1/2: points lie near -5 or 5, their sum would lie near 0.",
)
def weighted_sum_of_gaussians(plan, z, weights, means, covariances, rng):
    draws = [plan.gauss(m, c, len(z), rng) for m, c in zip(means, covariances, strict=True)]
    return np.einsum("k,knd->nd", weights, np.stack(draws))


@SampleMixture.mistake(
    "points",
    what="All points are drawn from one Gaussian with the average mean and the average covariance.",
    read="7.4.1: first z, then x from the one component that z names.",
    see="means -5 and 5, weights 1/2: points lie near -5 or 5, not near 0.",
)
def average_component(plan, z, weights, means, covariances, rng):
    covariance = np.einsum("k,kij->ij", weights, covariances)
    return plan.gauss(weights @ means, covariance, len(z), rng)


@SampleMixture.mistake(
    "points",
    what="All points of a component are equal: one draw was made for each component.",
    why="Each point needs noise of its own: draw N times, not K times.",
    read='7.4.1: "data is sampled" point by point.',
    see="three labels 0 need three different points near mean 0.",
)
def one_noise_for_a_component(plan, z, weights, means, covariances, rng):
    draws = [plan.gauss(m, c, 1, rng)[0] for m, c in zip(means, covariances, strict=True)]
    return np.stack(draws)[z]


@SampleMixture.mistake(
    "points",
    what="Each point is the mean of its component: no noise is added.",
    read='7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": with the spread Sigma_k.',
    see="mean 0, variance 4: draws like -1.3, 0.4, 2.2, not 0, 0, 0.",
)
def means_without_noise(plan, z, weights, means, covariances, rng):
    return means[z]


@SampleMixture.mistake(
    "answer",
    what="Each label is the most probable component of its point, not the one that drew it.",
    why="Where components overlap that is another one; a label is drawn first and kept.",
    read="7.4.1: 1. z, 2. x given z. Guessing z from x is the posterior of 7.4.3.",
    see="means 0 and 1: a point at 0.9 often comes from component 0.",
)
def labels_guessed_from_the_points(plan, weights, means, covariances, n_samples, rng):
    X, _ = SampleMixture.answer(plan, weights, means, covariances, n_samples, rng)
    return X, Joint().joint(X, weights, means, covariances).argmax(axis=1)


@SampleMixture.mistake(
    "hand_back",
    what="An axis of length 1 of X is lost: with one point or one feature its shape is another.",
    read="the Returns line of the exercise: X (N, D), also for N = 1 and D = 1.",
    see="np.squeeze of the shape (40, 1) is (40,); reshape(n_samples, -1) brings it back.",
)
def points_squeezed(plan, pair):
    return np.squeeze(pair[0]), pair[1]


@SampleMixture.mistake(
    "hand_back",
    what="The two parts are swapped: (z, X), where (X, z) is asked for.",
    read="the Returns line of the exercise: X (N, D), then z (N,).",
    see="40 points of 2 features: the shapes must be (40, 2) and then (40,).",
)
def labels_before_points(plan, pair):
    return pair[1], pair[0]


@SampleMixture.mistake(
    "hand_back",
    what="Only the points are returned: the labels are missing.",
    read="the Returns line of the exercise: X (N, D), then z (N,).",
    see="40 points of 2 features: the shapes must be (40, 2) and (40,).",
)
def points_without_labels(plan, pair):
    return pair[0]


@SampleMixture.mistake(
    "hand_back",
    what="The labels run from 1 to K: in code the components are counted from 0.",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="K = 3 has the labels 0, 1, 2.",
)
def mixture_labels_from_one(plan, pair):
    return pair[0], pair[1] + 1


@SampleMixture.mistake(
    "hand_back",
    what="The labels come one-hot, a table (N, K), where one integer a point is asked for.",
    read="the Returns line of the exercise: z (N,).",
    see="the row 0, 1, 0 is the label 1.",
)
def mixture_labels_one_hot(plan, pair):
    return pair[0], np.eye(3, dtype=int)[pair[1] % 3]


@SampleMixture.mistake(
    "hand_back",
    what="The pairs come sorted by component: first all of component 0, then all of 1.",
    why="Neighbours are then not independent, and the first half of the data is not like the "
    "second.",
    read="7.4.4: the z_n are independent of each other, and of their place n.",
    see="0, 2, 1, 0 is as drawn; 0, 0, 1, 2 is sorted.",
)
def sorted_by_component(plan, pair):
    X, z = pair
    order = np.argsort(z, kind="stable")
    return X[order], z[order]
