"""What a person may say of a model that is not ours: trust, weights, arguments, and how it is talked to."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from vae_core.errors import InputError

LAYOUTS = ("nchw", "nhwc", "flat")
RANGES = ("unit", "symmetric", "standardised", "bytes")
OUTPUTS = ("same", "unit", "symmetric", "bytes", "logits")
LIKELIHOODS = ("gaussian", "bernoulli")
_NUMBER = r"-?\d+(?:\.\d+)?"
_STANDARDISED = re.compile(rf"standardised:{_NUMBER},(?!0+(?:\.0+)?$)\d+(?:\.\d+)?")
SPREADS = ("logvar", "var", "std", "logstd")


@dataclass(frozen=True)
class ModelOptions:
    """Options of opening a model; what is left out is found by trying, or asked for.

    Parameters
    ----------
    trust : bool
        Whether files that run code when opened may be.
    weights : str, optional
        Weights for what a factory returns.
    arguments : dict
        Keyword arguments of a factory.
    layout : {"nchw", "nhwc", "flat"}, optional
        Of the items the model takes.
    range : str, optional
        "unit", "symmetric", "standardised" or "bytes".
        Of their values: [0, 1], [−1, 1], mean 0 and deviation 1, or 0 to 255; ``standardised:0.286,0.353`` with the
        mean and deviation that were used, where pixels are in [0, 1].
    posterior : str, optional
        Order in the encoder's answer, such as ``mean,logvar``, ``std,mean`` or ``mean,logvar,interleaved``.
    output : {"same", "unit", "symmetric", "bytes", "logits"}, optional
        Of the decoder's values: as its input's, or another range, or before a sigmoid.
    likelihood : {"gaussian", "bernoulli"}, optional
        What p(x|z) is.
    sigma : float, optional
        Standard deviation of a Gaussian p(x|z), where pixels are in [0, 1].

    Raises
    ------
    InputError
        If a value is none of those.
    """

    trust: bool = False
    weights: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    layout: str | None = None
    range: str | None = None
    posterior: str | None = None
    output: str | None = None
    likelihood: str | None = None
    sigma: float | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        offered = {"layout": LAYOUTS, "range": RANGES, "output": OUTPUTS, "likelihood": LIKELIHOODS}
        for name, choices in offered.items():
            value = getattr(self, name)
            if name == "range" and isinstance(value, str) and _STANDARDISED.fullmatch(value):
                continue
            if value is not None and value not in choices:
                raise InputError(f"--{name} is one of {', '.join(choices)}, not {value!r}.")
        if self.posterior is not None:
            parse_posterior(self.posterior)
        if self.sigma is not None and not (isinstance(self.sigma, (int, float)) and 0 < self.sigma < float("inf")):
            raise InputError(f"--sigma is a positive number, not {self.sigma}.")

    def stated(self) -> dict[str, Any]:
        """Return what is said of how the model is talked to."""
        names = ("layout", "range", "output", "likelihood", "sigma")
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return said if self.posterior is None else {**said, "posterior": parse_posterior(self.posterior)}

    def kept(self) -> dict[str, Any]:
        """Return what may be noted beside a space; trust is given anew each time."""
        return {name: value for name, value in asdict(self).items() if name != "trust" and value}

    @classmethod
    def said(cls, **stated: Any) -> ModelOptions:
        """Return the options of keywords; InputError if there is no such option."""
        unknown = sorted(set(stated) - {one.name for one in fields(cls)})
        if unknown:
            known = ", ".join(one.name for one in fields(cls))
            raise InputError(f"There is no option {unknown[0]!r} of a model; there are {known}.")
        return cls(**stated)

    @classmethod
    def add_to(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options to a command."""
        group = parser.add_argument_group("models of other libraries", "what cannot be found by trying is asked for")
        add_trust(group)
        group.add_argument("--weights", metavar="FILE", help="weights for what a factory returns")
        group.add_argument(
            "--with", dest="arguments", action="append", default=[], metavar="NAME=VALUE", help="argument of a factory"
        )
        group.add_argument("--layout", choices=LAYOUTS, help="of the pictures the model takes")
        group.add_argument(
            "--range", metavar="NAME", help=f"of the values it takes: {', '.join(RANGES)} or standardised:MEAN,STD"
        )
        group.add_argument("--posterior", metavar="ORDER", help="of its encoder's answer, such as mean,logvar")
        group.add_argument("--output", choices=OUTPUTS, help="what its decoder's values are")
        group.add_argument("--likelihood", choices=LIKELIHOODS, help="what p(x|z) is")
        group.add_argument("--sigma", type=float, help="of a Gaussian p(x|z)")

    @classmethod
    def of(cls, chosen: argparse.Namespace) -> ModelOptions:
        """Return the options of a command line."""
        plain = ("trust", "weights", "layout", "range", "posterior", "output", "likelihood", "sigma")
        return cls(
            **{name: getattr(chosen, name) for name in plain}, arguments=named_values(chosen.arguments, "--with")
        )


def add_trust(parser: argparse._ActionsContainer) -> None:
    """Add the one option that lets code run, of a model as of a data set."""
    parser.add_argument("--trust", action="store_true", help="allow models and data that run code when opened")


def parse_posterior(text: str) -> tuple[list[str], bool]:
    """Return the order that ``--posterior`` states, and whether it says interleaved.

    Raises
    ------
    InputError
        If it is not one mean and at most one spread.
    """
    if not isinstance(text, str):
        raise InputError(f"--posterior is a text such as 'mean,logvar', not {text!r}.")
    words = [word.strip() for word in text.lower().split(",") if word.strip()]
    order = [word for word in words if word != "interleaved"]
    known = order.count("mean") == 1 and len(order) <= 2 and all(word in ("mean", *SPREADS) for word in order)
    if not known or ("interleaved" in words and len(order) < 2):
        raise InputError(
            f"--posterior takes 'mean' or an order such as 'mean,logvar' or 'std,mean,interleaved', not {text!r}; "
            f"a spread is one of {', '.join(SPREADS)}."
        )
    return order, "interleaved" in words


def named_values(given: list[str], option: str) -> dict[str, Any]:
    """Read texts such as ``latent_dim=4``, whose values are JSON or plain words; InputError if one is not so."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise InputError(f"{option} takes name=value, not {text!r}.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value  # a plain word
    return found
