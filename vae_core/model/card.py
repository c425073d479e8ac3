"""The model card: what a model is, how it is understood, and whether it is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_core.model.findings import Report
from vae_core.model.health import check_health, looked_at
from vae_core.model.training_record import training_facts
from vae_core.model.vae import VAE

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.model.protocol import LatentModel


def model_card(model: LatentModel, data: Dataset) -> Report:
    """Return the report of a model on its data; of one of another library the one that was made when it was opened.

    Raises
    ------
    InputError
        If it gives no item finite latents.
    """
    known = getattr(model, "report", None)
    if isinstance(known, Report):
        return known
    report = Report("a VAE trained with this program" if isinstance(model, VAE) else type(model).__name__)
    report.add("latent dimensions", str(model.latent_dim), "known")
    report.add("one item", " × ".join(map(str, model.sample_shape)), "known")
    if isinstance(model, VAE):
        config = model.config
        likelihood = config.likelihood.capitalize()
        if config.likelihood == "gaussian":
            likelihood += f", σ = {float(model.observation.log_scale.detach().exp()):.4g}"  # type: ignore[operator]
        if config.standardised:
            each = "column" if len(config.sample_shape) == 1 else "channel"
            report.add("range of its input", f"standardised, each {each}", "known")
            likelihood += " of the standardised values"
        report.add("network", f"{config.architecture}, {sum(p.numel() for p in model.parameters()):,} weights", "known")
        report.add("likelihood", likelihood, "known")
        for subject, value in training_facts(model.record):
            report.add(subject, value, "stated")
    if model.can.encode:
        check_health(model, looked_at(data, model.prior.mean.device), report)
    return report
