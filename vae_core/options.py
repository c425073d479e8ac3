"""What a person may say of a model that is not ours: trust, weights, arguments, and how it is talked to."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from vae_core.errors import InputError

LAYOUTS = ("nchw", "nhwc", "flat")
RANGES = ("unit", "symmetric", "standardised", "standardised-each", "imagenet", "bytes", "raw")
OUTPUTS = ("same", "unit", "symmetric", "bytes", "logits")
LIKELIHOODS = ("gaussian", "bernoulli")
_NUMBER = r"-?\d+(?:\.\d+)?"
_POSITIVE = r"(?!0+(?:\.0+)?(?:,|$))\d+(?:\.\d+)?"
_STANDARDISED = re.compile(
    rf"standardised:(?:{_NUMBER},{_POSITIVE}|{_NUMBER}(?:,{_NUMBER})*;{_POSITIVE}(?:,{_POSITIVE})*)"
)
SPREADS = ("logvar", "var", "std", "logstd", "softplus")
_SIZES = ("latent_dim", "shape")
_OPEN = "auto"  # what leaves an option open for one of several models
_SIZE = re.compile(r"[1-9][0-9]{0,6}")


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
        "unit", "symmetric", "standardised", "standardised-each", "imagenet", "bytes" or "raw".
        Of their values: [0, 1], [−1, 1], mean 0 and deviation 1 over all values or by channel or column, with the
        constants of ImageNet, 0 to 255, or in the data's own units; ``standardised:0.286,0.353`` with the mean and
        deviation that were used, where pixels are in [0, 1], ``standardised:0.5,0.4,0.4;0.2,0.2,0.3`` by channel.
    posterior : str, optional
        Order in the encoder's answer, such as ``mean,logvar``, ``std,mean`` or ``mean,logvar,interleaved``.
    output : {"same", "unit", "symmetric", "bytes", "logits"}, optional
        Of the decoder's values: as its input's, or another range, or before a sigmoid.
    likelihood : {"gaussian", "bernoulli"}, optional
        What p(x|z) is.
    sigma : float, optional
        Standard deviation of a Gaussian p(x|z), where pixels are in [0, 1].
    latent_dim : int, tuple of int or str, optional
        Of a decoder alone, where it cannot be found: ``16``, or ``4,8,8`` for spatial latents.
    shape : tuple of int or str, optional
        Of what a decoder alone makes, where its answer does not tell: ``1,28,28`` for pictures, ``12`` for vectors,
        ``2,50`` for series.

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
    latent_dim: int | tuple[int, ...] | str | None = None
    shape: int | tuple[int, ...] | str | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        offered = {"layout": LAYOUTS, "range": RANGES, "output": OUTPUTS, "likelihood": LIKELIHOODS}
        for name, choices in offered.items():
            value = getattr(self, name)
            if name == "range" and isinstance(value, str) and _STANDARDISED.fullmatch(value):
                means, _, deviations = value.partition(";")
                if deviations and means.count(",") != deviations.count(","):
                    raise InputError(f"--range {value}: there are as many means as deviations.")
                continue
            if value is not None and value not in choices:
                raise InputError(f"--{name} is one of {', '.join(choices)}, not {value!r}.")
        if self.posterior is not None:
            parse_posterior(self.posterior)
        if self.sigma is not None and not (isinstance(self.sigma, (int, float)) and 0 < self.sigma < float("inf")):
            raise InputError(f"--sigma is a positive number, not {self.sigma}.")
        for name in _SIZES:
            if getattr(self, name) is not None:
                parse_sizes(name, getattr(self, name))

    def stated(self) -> dict[str, Any]:
        """Return what is said of how the model is talked to."""
        names = ("layout", "range", "output", "likelihood", "sigma")
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        said |= {name: parse_sizes(name, value) for name in _SIZES if (value := getattr(self, name)) is not None}
        return said if self.posterior is None else {**said, "posterior": parse_posterior(self.posterior)}

    def to_json(self) -> dict[str, Any]:
        """Return what may be noted beside a space; trust is given anew each time."""
        return {name: value for name, value in asdict(self).items() if name != "trust" and value}

    @classmethod
    def from_keywords(cls, **stated: Any) -> ModelOptions:
        """Return the options of keywords; InputError if there is no such option."""
        unknown = sorted(set(stated) - {one.name for one in fields(cls)})
        if unknown:
            known = ", ".join(one.name for one in fields(cls))
            raise InputError(f"There is no option {unknown[0]!r} of a model; there are {known}.")
        return cls(**stated)

    @classmethod
    def add_to(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options to a command; each may be given once for all models, or once per model."""
        group = parser.add_argument_group(
            "models of other libraries",
            "What cannot be found by trying must be stated. With several models, an option given once applies to all; "
            f"given once per model, it applies to each in order, with '{_OPEN}' where it is to be found by trying.",
        )
        add_trust(group)

        def add(name: str, metavar: str, text: str) -> None:
            group.add_argument(name, action="append", default=[], metavar=metavar, help=text)

        add("--weights", "FILE", "weights for the module a factory returns")
        group.add_argument(
            "--with",
            dest="arguments",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="argument of the factory",
        )
        add("--layout", "NAME", f"layout of the pictures the model takes:  {', '.join(LAYOUTS)}")
        add(
            "--range",
            "NAME",
            f"range of the values it takes:  {', '.join(RANGES)}, standardised:MEAN,STD, or by channel "
            "standardised:M1,M2,M3;S1,S2,S3",
        )
        add("--posterior", "ORDER", "what the encoder returns, such as mean,logvar")
        add("--output", "NAME", f"what the decoder's values are: {', '.join(OUTPUTS)}")
        add("--likelihood", "NAME", f"what p(x|z) is: {', '.join(LIKELIHOODS)}")
        add("--sigma", "S", "σ of a Gaussian p(x|z)")
        add("--latent-dim", "N", "latent dimensions of a decoder alone; 4,8,8 for spatial latents")
        add("--shape", "C,H,W", "shape of what a decoder alone makes; K for vectors of K values")

    @classmethod
    def of(cls, chosen: argparse.Namespace) -> ModelOptions:
        """Return the options of a command line with one model."""
        return cls.of_each(chosen, 1)[0]

    @classmethod
    def of_each(cls, chosen: argparse.Namespace, count: int) -> list[ModelOptions]:
        """Return the options of each of so many models of a command line.

        Raises
        ------
        InputError
            If one is given neither once nor once per model, or is none of what it may be.
        """
        plain = ("weights", "layout", "range", "posterior", "output", "likelihood", "sigma", *_SIZES)
        given = {name: of_each(f"--{name.replace('_', '-')}", getattr(chosen, name), count) for name in plain}
        arguments = named_values_of_each("--with", chosen.arguments, count)
        made = []
        for at in range(count):
            said = {name: values[at] for name, values in given.items()}
            if said["sigma"] is not None:
                said["sigma"] = _number("--sigma", said["sigma"])
            made.append(cls(trust=chosen.trust, arguments=arguments[at], **said))
        return made


def named_values_of_each(option: str, given: list[str], count: int) -> list[dict[str, Any]]:
    """Return, of each of so many models, the values of texts such as ``latent_dim=4``; see `of_each`."""
    by_name: dict[str, list[Any]] = {}
    for text in given:
        for name, value in named_values([text], option).items():
            by_name.setdefault(name, []).append(value)
    each = {name: of_each(f"{option} {name}=…", values, count) for name, values in by_name.items()}
    return [{name: values[at] for name, values in each.items() if values[at] is not None} for at in range(count)]


def of_each(option: str, values: list[Any], count: int) -> list[Any]:
    """Return an option of each of so many models: given once it is said of all, given once per model of each in turn.

    Raises
    ------
    InputError
        If it is given another number of times.
    """
    if len(values) not in (0, 1, count):
        once = "once" if count == 1 else "once, or once per model"
        models = "one model" if count == 1 else f"{count} models"
        raise InputError(f"{option} is given {len(values)} times for {models}; give it {once}.")
    spread = values * count if len(values) == 1 else values or [None] * count
    return [None if value == _OPEN else value for value in spread]


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{option} is a positive number, not {text!r}.") from None


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


def parse_sizes(name: str, value: object) -> tuple[int, ...]:
    """Return the sizes that ``--latent-dim`` or ``--shape`` states.

    Raises
    ------
    InputError
        If they are not one to three whole numbers from 1 on.
    """
    parts = value if isinstance(value, (tuple, list)) else str(value).split(",")
    texts = [str(part).strip() for part in parts]
    if not 1 <= len(texts) <= 3 or not all(_SIZE.fullmatch(text) for text in texts):
        option = f"--{name.replace('_', '-')}"
        raise InputError(f"{option} takes whole numbers from 1 on, such as 16 or 1,28,28, not {value!r}.")
    return tuple(map(int, texts))


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
