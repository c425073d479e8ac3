"""The studies there are: what is asked of a space, on which page, and what can be chosen."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from vae_core.errors import InputError

PageName: TypeAlias = Literal["used", "components", "prior", "meaning", "items"]

#: Pages in the order a reader takes them, each with the question it answers.
PAGES: dict[PageName, tuple[str, str]] = {
    "used": ("Used?", "Is the latent used?"),
    "components": ("Components", "Which directions carry the variance?"),
    "prior": ("Prior", "Does the encoder fill the prior?"),
    "meaning": ("Meaning", "What does each dimension mean?"),
    "items": ("Items", "Which items does the model get wrong?"),
}

#: A choice among the columns of the space's own table.
OF_THE_TABLE: Literal["column"] = "column"


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen of a study.

    Parameters
    ----------
    title : str
        As people read it.
    values : tuple of str or "column"
        What it can be, the usual one first; or any column of the space's table.
    """

    title: str
    values: tuple[str, ...] | Literal["column"]


@dataclass(frozen=True)
class Study:
    """One question asked of a space.

    Parameters
    ----------
    name : str
        As URLs and files name it.
    page : str
        Which page shows it, of `PAGES`.
    title : str
        As people read it.
    function, result : str
        ``module:name`` of the function that answers it and of the class of its answer.
    first : int, optional
        Items of a first figure, which takes under a second for 10,000 items; None where the whole does.
    version : int
        Changes with what is computed, so that older answers are not taken for it.
    choices : mapping
        What can be chosen, by the function's parameter.
    looks_at : str
        What it looks at so many of.
    wide : bool
        Whether its card takes the whole width of its page.
    by_distortion : bool
        Whether it rests on the distortion of all items, of which there may be a first draw only.
    """

    name: str
    page: PageName
    title: str
    function: str
    result: str
    first: int | None = None
    version: int = 1
    choices: Mapping[str, Choice] = field(default_factory=dict)
    looks_at: str = "items"
    wide: bool = False
    by_distortion: bool = False

    def compute(self) -> Callable[..., Any]:
        """Return the function, imported now."""
        found: Callable[..., Any] = _named(self.function)
        return found

    def result_class(self) -> type:
        """Return the class of the answer, imported now."""
        found: type = _named(self.result)
        return found


def warm_up() -> None:
    """Import what the studies are made with, before they are asked for."""
    for study in STUDIES:
        study.compute()
    for library in ("scipy.stats", "sklearn.linear_model", "sklearn.model_selection", "sklearn.neighbors"):
        importlib.import_module(library)


def _named(spec: str) -> Any:
    module, _, name = spec.partition(":")
    return getattr(importlib.import_module(module), name)


#: Every study, in the order in which its page shows it.
STUDIES: tuple[Study, ...] = (
    Study(
        "collapse",
        "used",
        "Rate by dimension",
        "vae_core.interpret.usage.collapse:collapse",
        "vae_core.interpret.usage.collapse:Collapse",
    ),
    Study(
        "index_code",
        "used",
        "What the rate is made of",
        "vae_core.interpret.usage.kl_decomposition:index_code",
        "vae_core.interpret.usage.kl_decomposition:IndexCode",
        first=40,
        version=2,
    ),
    Study(
        "evidence",
        "used",
        "Evidence",
        "vae_core.interpret.usage.evidence:evidence",
        "vae_core.interpret.usage.evidence:Evidence",
        first=16,
        choices={"samples": Choice("samples", ("64", "1", "8", "256", "1000"))},
        version=2,
        by_distortion=True,
    ),
    Study(
        "swap",
        "used",
        "Swap test",
        "vae_core.interpret.usage.permutation_importance:swap",
        "vae_core.interpret.usage.permutation_importance:Swap",
        first=24,
        version=2,
        choices={"convention": Choice("values from", ("prior", "aggregate"))},
    ),
    Study(
        "sensitivity",
        "used",
        "What each dimension changes",
        "vae_core.interpret.usage.sensitivity:sensitivity",
        "vae_core.interpret.usage.sensitivity:Sensitivity",
        first=16,
        version=2,
    ),
    Study(
        "components",
        "components",
        "Principal components",
        "vae_core.interpret.components.latent_components:components",
        "vae_core.interpret.components.latent_components:Components",
        choices={"standardised": Choice("standardised", ("no", "yes"))},
        wide=True,
        version=2,
    ),
    Study(
        "intrinsic_dimension",
        "components",
        "Intrinsic dimension",
        "vae_core.interpret.components.intrinsic_dimension:intrinsic_dimension",
        "vae_core.interpret.components.intrinsic_dimension:IntrinsicDimension",
        first=500,
    ),
    Study(
        "decoder_components",
        "components",
        "Components by what they change in what is decoded",
        "vae_core.interpret.components.decoder_components:decoder_components",
        "vae_core.interpret.components.decoder_components:DecoderComponents",
        first=24,
        version=2,
        wide=True,
    ),
    Study(
        "prior_fit",
        "prior",
        "Aggregate posterior against prior",
        "vae_core.interpret.prior.prior_fit:prior_fit",
        "vae_core.interpret.prior.prior_fit:PriorFit",
        first=2000,
        version=3,
        wide=True,
    ),
    Study(
        "holes",
        "prior",
        "Holes",
        "vae_core.interpret.prior.holes:holes",
        "vae_core.interpret.prior.holes:Holes",
        first=200,
        looks_at="draws of the prior",
        version=2,
        wide=True,
    ),
    Study(
        "relations",
        "meaning",
        "Relations of dimensions and columns",
        "vae_core.interpret.meaning.relations:relations",
        "vae_core.interpret.meaning.relations:Relations",
        first=1500,
        version=4,
        wide=True,
    ),
    Study(
        "probes",
        "meaning",
        "What can be read from the whole code",
        "vae_core.interpret.meaning.probes:probes",
        "vae_core.interpret.meaning.probes:Probes",
        first=400,
        version=4,
        wide=True,
    ),
    Study(
        "wrong_items",
        "items",
        "What the model gets wrong",
        "vae_core.interpret.items.wrong_items:wrong_items",
        "vae_core.interpret.items.wrong_items:WrongItems",
        first=400,
        version=3,
        choices={"column": Choice("compared by", OF_THE_TABLE)},
        wide=True,
        by_distortion=True,
    ),
)


@dataclass(frozen=True)
class StudyRequest:
    """A study with what was chosen of it.

    Parameters
    ----------
    study : Study
        The study.
    chosen : mapping of str to str
        What differs from the usual, by parameter.
    """

    study: Study
    chosen: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, chosen: Mapping[str, str] | None = None, columns: tuple[str, ...] = ()) -> StudyRequest:
        """Read what a person or a program asks for.

        Parameters
        ----------
        name : str
            Of the study.
        chosen : mapping of str to str, optional
            By parameter; those the study does not have are refused.
        columns : tuple of str
            Of the space's table.

        Raises
        ------
        InputError
            If there is no such study, parameter or value.
        """
        study = next((one for one in STUDIES if one.name == name), None)
        if study is None:
            raise InputError(f"There is no study {name!r}; there are {', '.join(one.name for one in STUDIES)}.")
        kept = {}
        for parameter, value in (chosen or {}).items():
            if parameter not in study.choices:
                raise InputError(f"The study {name!r} has no choice {parameter!r}.")
            values = study.choices[parameter].values
            offered = columns if values == OF_THE_TABLE else values
            if value not in offered:
                raise InputError(f"{parameter} cannot be {value!r}; it can be {_few(offered)}.")
            if values == OF_THE_TABLE or value != values[0]:
                kept[parameter] = value
        return cls(study, kept)

    @property
    def id(self) -> str:
        """Name of the answer among a space's files: the study and, where something was chosen, a hash of it."""
        if not self.chosen:
            return self.study.name
        told = json.dumps(dict(self.chosen), sort_keys=True).encode()
        return f"{self.study.name}-{hashlib.sha256(told).hexdigest()[:12]}"

    def arguments(self) -> dict[str, Any]:
        """Return what was chosen as the function takes it: numbers as numbers, yes and no as booleans."""
        return {
            name: value if self.study.choices[name].values == OF_THE_TABLE else _plain(value)
            for name, value in self.chosen.items()
        }


def _plain(value: str) -> Any:
    if value in ("yes", "no"):
        return value == "yes"
    return int(value) if value.isdecimal() else value


def _few(values: tuple[str, ...] | str) -> str:
    listed = list(values)
    return ", ".join(listed[:12]) + (" …" if len(listed) > 12 else "") if listed else "nothing here"
