"""The model card of a model of ours, and of one of another library."""

from __future__ import annotations

import json

import pytest
import torch

from vae_core import VAE, VAEConfig, demo, load_data
from vae_core.model import wrap_model
from vae_core.model.card import model_card
from vae_core.model.findings import Report
from vae_core.model.protocol import Capabilities


def test_the_card_of_our_own_model() -> None:
    space = demo("fashion")
    card = model_card(space.model, space.data)
    told = {finding.subject: finding.value for finding in card.findings}
    assert told["latent dimensions"] == "16" and told["one item"] == "1 × 28 × 28"
    assert told["deterministic"] == "yes" and "Gaussian, σ = " in told["likelihood"]
    assert card.figures["rate"] == pytest.approx(float(space.rate.sum(axis=1).mean()), rel=0.1)
    assert card.figures["round_trip_error"] < card.figures["mean_image_error"]
    assert json.loads(json.dumps(card.to_dict()))["figures"] == card.figures
    assert card.able(space.model.can) == []


def test_the_card_of_another_is_the_report_of_its_opening() -> None:
    space = demo("fashion")
    made = (lambda x: space.model.encode(x).mean, lambda z: space.model.likelihood(z).mean)
    model = wrap_model(made, space.data, "cpu")
    card = model_card(model, space.data)
    assert card is model.report  # type: ignore[attr-defined]
    assert ["no variance" in sentence for sentence in card.able(model.can)].count(True) == 1


def test_a_report_as_text_marks_warnings() -> None:
    report = Report("a model")
    report.add("speed", "slow", warning="Be patient.")
    report.add("layout", "NCHW", "found")
    first, *lines = report.text().splitlines()
    assert first == "a model" and lines[1].startswith("! ") and lines[1].endswith("Be patient.")
    assert report.warnings == ["Be patient."] and "(found)" in lines[2]
    nothing = Report.able(Capabilities(encode=False, variance=False, differentiable=False, first_layer=False))
    assert len(nothing) == 3, "without an encoder nothing is said of its variance"


def test_values_of_many_units_count_alike() -> None:
    """Its share is the mean over columns of the squared error over the variance, each column in its own unit."""
    data = load_data("wine")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = VAE(VAEConfig((13,), 3, "mlp", hidden=(8,), likelihood="gaussian", standardised=True)).eval()
    assert model.standard is not None
    model.standard.measure(data)
    with torch.inference_mode():
        x = torch.tensor(data.values)
        decoded = model.likelihood(model.encode(x).mean).mean
    share = float(((decoded - x).square().mean(0) / x.var(0, correction=0)).mean())
    told = {finding.subject: finding.value for finding in model_card(model, data).findings}
    assert f"{share:.0%}" in told["round trip"] and "different scales" in told["round trip"]
    assert told["range of its input"] == "standardised, each column" and "standardised" in told["likelihood"]
