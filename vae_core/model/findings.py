"""What looking at a model found, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from vae_core.model.protocol import Capabilities

How = Literal["known", "stated", "found", "measured"]


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Parameters
    ----------
    subject, value : str
        What it is about, and what it is.
    how : {"known", "stated", "found", "measured"}
        From the format, from an option, by trying it on the data, or simply measured.
    warning : str
        What is wrong with it and what to do; "" for nothing.
    """

    subject: str
    value: str
    how: How = "measured"
    warning: str = ""


@dataclass
class Report:
    """All that was found, in the order in which people want to read it.

    Parameters
    ----------
    model : str
        What was looked at.
    findings : list of Finding
        Grows while it is looked at.
    figures : dict
        Numbers by name, for programs; in the units their names say.
    """

    model: str
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def add(self, subject: str, value: str, how: How = "measured", warning: str = "") -> None:
        """Add a finding."""
        self.findings.append(Finding(subject, value, how, warning))

    @property
    def warnings(self) -> list[str]:
        """The warnings alone."""
        return [finding.warning for finding in self.findings if finding.warning]

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "model": self.model,
            "findings": [asdict(finding) for finding in self.findings],
            "figures": dict(self.figures),
        }

    @staticmethod
    def able(can: Capabilities) -> list[str]:
        """Return a sentence on everything that a model cannot do."""
        lacking = {
            "encode": "It is open without an encoder: no items can be placed, so there is no rate, no distortion and "
            "no reconstruction; what the map shows are decoded draws from its prior.",
            "variance": "Its encoder gives no variance: there is no rate, and nothing is drawn from posteriors.",
            "differentiable": "No gradients flow through it: whatever needs them is left out.",
            "first_layer": "Its decoder's weights are not read: what would need them is left out.",
        }
        absent = [name for name in lacking if not getattr(can, name)]
        return [lacking[name] for name in absent if name != "variance" or can.encode]

    def text(self) -> str:
        """Return the report as lines of text, warnings marked with an exclamation mark."""
        wide = max((len(finding.subject) for finding in self.findings), default=0)
        lines = [self.model]
        for finding in self.findings:
            lines.append(f"  {finding.subject:<{wide}}  {finding.value}  ({finding.how})")
            if finding.warning:
                lines.append(f"! {'':<{wide}}  {finding.warning}")
        return "\n".join(lines)
