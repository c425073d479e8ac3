"""What every figure of the cards is: one sentence each, with what is good and what chance gives."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from vae_core.drawing.explained import explained
from vae_core.drawing.markup import tag

#: By the name under which cards ask for them.
EXPLAINED: dict[str, str] = {
    # Used?
    "rate": "What the encoder spends on an average item, KL(q(z|x) ‖ p(z)), in nats: an encoder that ignores the items "
    "spends 0, and a model that reconstructs more detail spends more.",
    "rate by dimension": "What the encoder spends on this dimension for an average item, KL(q(z_j|x) ‖ p(z_j)), in "
    "nats: below 0.1 (the mark) it carries next to nothing, and a dimension that ignores the items has 0.",
    "carriers": "The fewest dimensions that hold 98 % of the rate: many fewer than there are means that the latent "
    "space is larger than needed; equal use of all would give the second figure.",
    "above a tenth": "Dimensions with a rate above 0.1 nat, that is those that carry anything: an encoder that ignores "
    "the items has none.",
    "active units": "Dimensions whose posterior mean varies from item to item (variance above 0.01, Burda et al. "
    "2016): nearly all is good, and an encoder that ignores the items has none.",
    "variance": "How much the latent value varies from item to item: near 0 (below the mark) the dimension tells "
    "nothing about the items.",
    "mutual information": "How much information a latent code holds about which item it belongs to (Hoffman & Johnson "
    "2016), in nats: at most log n, where every item is told apart from all others, and 0 for an encoder that "
    "ignores the items.",
    "least information": "A bound from below, since not all posteriors were compared: the mutual information is no "
    "less than this.",
    "total correlation": "How far the dimensions are from independent over all items, KL(q(z) ‖ Π q(z_j)), in nats: "
    "the nearer to the second figure, which independent dimensions would give here, the better each can be read alone.",
    "Gaussian correlation": "The part of the total correlation that linear correlations account for, −½ log det of "
    "the correlation matrix: much less than the whole means that dimensions depend on each other in curved ways.",
    "dimension-wise KL": "How far each dimension, over all items, is from the prior, Σ KL(q(z_j) ‖ p(z_j)), in nats: "
    "0 where every dimension fills the prior, which is good for sampling.",
    "sum of the parts": "The three parts add up to the mean rate (Hoffman & Johnson 2016): how far their sum "
    "lies from it is the error of their estimates, and should be about 0.",
    "information by dimension": "How much information one dimension alone holds about which item it is, in nats: 0 "
    "for a dimension that ignores the items.",
    "distortion": "What the reconstruction misses, −log p(x|z) in nats, averaged over posterior samples: lower is "
    "better; of continuous values p is a density, so it can be negative, and there is no chance level.",
    "distortion at the mean": "The distortion decoded from the posterior mean alone, without the noise of the "
    "posterior: usually lower, and part of no bound.",
    "ELBO": "−(rate + distortion), a lower bound on log p(x), which training with β = 1 maximises: higher is "
    "better, among models on the same items; there is no chance level.",
    "bound": "A tighter lower bound on log p(x), from many posterior samples per item (Burda et al. 2016, eq. 8): "
    "higher is better, among models on the same items; there is no chance level.",
    "bound of some": "The same bound, over the items it was measured on alone; the figure above adds what they gain to "
    "the ELBO of all items.",
    "gain": "How far many samples raise the bound above the ELBO: near 0 means that the posterior fits; few effective "
    "samples (Kong 1992) mean that the bound would still rise.",
    "swap": "How much worse an item is reconstructed once this dimension is replaced by a value from elsewhere: the "
    "more, the more the decoder relies on it; a dimension it ignores loses what the tick marks.",
    "swap of all": "What is lost if every dimension is replaced: the most there is to lose.",
    "sensitivity": "How much a value changes, as a root mean square, if the dimension moves by one standard deviation "
    "σ: 0 for a dimension the decoder ignores; the tick marks equal shares.",
    "rise of the bound": "The bound over the number of posterior samples: it rises towards log p(x), and flattens out "
    "once there are enough.",
    # Components
    "half of the variance": "The fewest components that hold half of the variance of the posterior means: few means "
    "that items vary along few directions; variance spread evenly would take the second figure.",
    "most of the variance": "The fewest components that hold 90 % of the variance of the posterior means: variance "
    "spread evenly would take the second figure.",
    "above shuffled": "Components with more variance than 95 % of shuffled sets have at their rank (Horn 1965): those "
    "that owe it to correlated dimensions; by chance there is none, or one in 20.",
    "independence": "The probability of correlations as large as these if no two dimensions were correlated "
    "(Bartlett 1951): below 0.05 some are, beyond chance.",
    "scree": "The share of the variance that each component has: what lies above the dashed line, which 95 % of "
    "shuffled sets stay below at that rank, owes it to correlated dimensions.",
    "cumulative": "The share of the variance that the first components have together: the steeper it rises above the "
    "shuffled sets, the fewer directions the items vary along.",
    "component walk": "What is decoded along a component, from the 1 % to the 99 % end of the items, everything else "
    "at the mean, between the items that lie farthest out.",
    "loadings": "How closely a component goes with a dimension, from −1 to 1: a single loading near ±1 means that the "
    "component is that dimension; 0 is no relation.",
    "TwoNN": "How many dimensions the items fill around each of them, from the distances of the two nearest (Facco et "
    "al. 2017): fewer than the Gaussian figure means that they lie on a thinner, curved shape.",
    "maximum likelihood": "How many dimensions the items fill around each of them, from the distances of the nearest "
    "(Levina & Bickel 2004): fewer than the Gaussian figure means a thinner, curved shape.",
    "participation ratio": "How many directions share the variance, (Σλ)² / Σλ² of the covariance: all that vary if it "
    "is spread evenly, 1 if one direction has it all.",
    "decoder shares": "The share of all change in what is decoded that moving along each direction makes: a steep fall "
    "means that few directions decide what is decoded; equal shares are the dashed line.",
    "decoder walk": "What is decoded along a direction, 2.5 standard deviations either way from the mean; the first "
    "directions change it most.",
    "decoder relation": "Correlation of the items' scores along these directions with those along the principal "
    "components: ±1 is the same direction, 0 an unrelated one.",
    # Prior
    "misses": "Dimensions whose difference from the prior is significant and 0.2 σ or more (W₁, a small effect by "
    "Cohen 1988): none is good; in a space that fills the prior one appears in at most 5 % of cases.",
    "slight": "Dimensions whose difference from the prior is significant but below 0.2 σ (W₁): many items make even "
    "such a difference significant, and sampling hardly suffers from it.",
    "MMD": "How far codes of items lie from draws of the prior, all dimensions together (Gretton et al. 2012): 0 if "
    "they are alike; the second figure is what 95 % of random relabellings stay below.",
    "largest correlation": "The strongest linear relation of two dimensions, which the prior has independent: 0 is "
    "good; by chance the largest of all pairs stays below the second figure in 95 % of samples (Šidák).",
    "marginals": "Bars are one posterior draw of each item, the line is the prior: where the dimension fills the "
    "prior, the bars follow the line.",
    "pairs": "Pearson's correlation of each two dimensions, over posterior draws: 0 as in the prior is good, and faint "
    "ones are no more than chance.",
    "holes": "Share of the prior (without its 5 % least likely draws) that lies far from every item, where samples "
    "look least like data: near the second figure, which a filled prior would give, is good.",
    "outside": "The part of it where a single coordinate already lies outside the range of the items: 0 is good.",
    "independent holes": "What would be empty if the dimensions did not depend on each other: the rest of the empty "
    "share is due to how they do.",
    # Meaning
    "relations": "How much of a column's entropy the value of a dimension explains: 0 is chance, 1 means that the "
    "dimension determines the column.",
    "along": "The items in equally filled parts of the dimension, from its lowest to its highest values, each with "
    "what is decoded there; where nothing is related, every part looks like all items at the right.",
    "names": "A dimension is named after the column it is most clearly linked to, if the link has a strength of 0.15 "
    "or more; several of one column are told apart by what else they tell.",
    "strength": "r is Pearson's correlation, R² the share of variance that goes with an angle, nmi the share of the "
    "column's entropy that is explained: ±1 is perfect, 0 is chance.",
    "linear probe": "How well the column is read from all dimensions together by a straight line (ridge or logistic "
    "regression), on items held out: 1 is perfect, and chance stands at the right.",
    "neighbour probe": "How well the column is read from the nearest items, held out: better than the linear score "
    "means that the column lies in the space along curves.",
    "probe chance": "The score of the best guess without the code, and in brackets that of the probes on shuffled "
    "columns: a score near it tells nothing.",
    "probe score": "R²: share of a number's variance that is explained, and of an angle that of its sine and "
    "cosine together. Balanced accuracy: mean share of each class that is recognised. 1 is perfect for both.",
    # Items
    "category disagreement": "Mean share of an item's nearest items that have another class: 0 means that classes are "
    "apart in latent space; random neighbours would give the second figure.",
    "number disagreement": "Mean distance of an item's value from the median of its nearest items, in standard "
    "deviations: small means that neighbours are alike; random neighbours would give the second figure.",
    "usual distance": "The median distance of an item to its nearest items, in latent units: what rarity is measured "
    "in; there is no chance level.",
    "worst distortion": "Items whose reconstruction misses most, with their distortion in nats; the lower the better.",
    "worst rarity": "Items that lie farthest from all others, in units of the usual distance: 1 is usual, and large "
    "ones are outliers.",
    "worst disagreement": "Items that their nearest items agree with least: wrong labels and odd cases are found here.",
}


def explained_heading(words: Any, name: str) -> Markup:
    """Return the heading of a part of a card, with the explanation of that name."""
    return tag("h3", explained(words, EXPLAINED[name]), class_="sub")
