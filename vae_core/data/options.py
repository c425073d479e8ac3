"""What a person may say of a data set: its columns, the file of its labels, how its pictures are fitted."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from vae_core.data.fitting import MODES, parse_fit
from vae_core.errors import InputError
from vae_core.options import named_values_of_each, of_each


@dataclass(frozen=True)
class DataOptions:
    """Options of opening a data set; what is left out is found by names and contents, or asked for.

    Parameters
    ----------
    trust : bool
        Whether Python code that gives a data set may run.
    metadata : str, optional
        A file of labels, factors or other columns, joined to the items (`joining`).
    columns : tuple of str
        Of a table: those that hold the items' values, either one of pictures or some of numbers or lists.
    label_column : str, optional
        Of a table: the one that holds the class.
    fit : str, optional
        How pictures are brought to the model's shape: "resize", "pad" or "crop", or one of them with a size, such as
        "pad:28x28" (height, width) or "pad:28x28x1" (and channels).
    arguments : dict
        Keyword arguments of a factory.
    """

    trust: bool = False
    metadata: str | None = None
    columns: tuple[str, ...] = ()
    label_column: str | None = None
    fit: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the values, and bring them into one form."""
        if self.fit is not None:
            parse_fit(self.fit)
        columns = [self.columns] if isinstance(self.columns, str) else list(self.columns)
        object.__setattr__(self, "columns", tuple(str(column) for column in columns))

    def to_json(self) -> dict[str, Any]:
        """Return what may be noted beside a space, paths made absolute; trust is given anew each time."""
        said = {name: value for name, value in asdict(self).items() if name != "trust" and value}
        return said if self.metadata is None else {**said, "metadata": str(Path(self.metadata).expanduser().absolute())}

    @classmethod
    def from_keywords(cls, **stated: Any) -> DataOptions:
        """Return the options of keywords; InputError if there is no such option."""
        known = [one.name for one in fields(cls)]
        unknown = sorted(set(stated) - set(known))
        if unknown:
            raise InputError(f"There is no option {unknown[0]!r} of a data set; there are {', '.join(known)}.")
        return cls(**stated)

    @classmethod
    def out_of(cls, stated: dict[str, Any]) -> tuple[DataOptions, dict[str, Any]]:
        """Return the options among keywords of data and model, and those of the model; trust is of both."""
        ours = {name: stated[name] for name in ("metadata", "columns", "label_column", "fit") if name in stated}
        shared = {"trust": stated["trust"]} if "trust" in stated else {}
        return cls(**ours, **shared), {name: value for name, value in stated.items() if name not in ours}

    @classmethod
    def add_to(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options to a command, which has ``--trust`` already; they may be repeated as those of models may."""
        group = parser.add_argument_group("data", "what names and contents do not tell must be stated")

        def add(name: str, metavar: str, text: str) -> None:
            group.add_argument(name, action="append", default=[], metavar=metavar, help=text)

        add("--metadata", "FILE", "labels or other columns, joined to the items of --data")
        add("--columns", "NAMES", "columns of a table that hold the values, comma-separated")
        add("--label-column", "NAME", "column of a table that holds the class")
        add("--fit", "MODE", f"fit pictures to the model's shape:  {', '.join(MODES)}, or with a size: pad:28x28")
        group.add_argument(
            "--data-with", action="append", default=[], metavar="NAME=VALUE", help="argument for the data factory"
        )

    @classmethod
    def of(cls, chosen: argparse.Namespace) -> DataOptions:
        """Return the options of a command line with one data set."""
        return cls.of_each(chosen, 1)[0]

    @classmethod
    def of_each(cls, chosen: argparse.Namespace, count: int) -> list[DataOptions]:
        """Return the options of the data of each of so many models of a command line.

        Raises
        ------
        InputError
            If one is given neither once nor once per model, or is none of what it may be.
        """
        plain = ("metadata", "columns", "label_column", "fit")
        given = {name: of_each(f"--{name.replace('_', '-')}", getattr(chosen, name), count) for name in plain}
        arguments = named_values_of_each("--data-with", chosen.data_with, count)
        made = []
        for at in range(count):
            said = {name: values[at] for name, values in given.items()}
            said["columns"] = tuple(part.strip() for part in (said["columns"] or "").split(",") if part.strip())
            made.append(cls(trust=chosen.trust, arguments=arguments[at], **said))
        return made
