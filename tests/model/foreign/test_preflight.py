"""One model in many wrappings: each is understood, or refused with what to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.model.foreign.wrappings import WRAPPINGS, Wrapping, decode, encode, unflat
from vae_core import Dataset, InputError, demo
from vae_core.data import from_arrays
from vae_core.model import VAE, VAEConfig, wrap_model
from vae_core.model.foreign.wrapped import WrappedVAE


def wrapped(made: Any, data: Dataset, **stated: Any) -> WrappedVAE:
    found = wrap_model(made, data, "cpu", **stated)
    assert isinstance(found, WrappedVAE)
    return found


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=lambda wrapping: wrapping.name)
def test_a_wrapping_is_understood(wrapping: Wrapping, trained: VAE, few: Dataset) -> None:
    found = wrapped(wrapping.wrap(trained), few)
    convention = found.convention
    assert convention.posterior is not None
    told = {name: getattr(convention, name) for name in wrapping.found if name != "posterior"}
    told |= {"posterior": convention.posterior.in_words()} if "posterior" in wrapping.found else {}
    assert told == wrapping.found
    # Understood means that the latents and the pictures are those of the model itself.
    x = torch.from_numpy(few.batch(slice(0, 64)))
    tolerance = 0.3 if convention.range == "standardised" else 1e-3  # by the data's own mean, not by what was written
    with torch.inference_mode():
        posterior, wanted = found.encode(x), trained.encode(x)
        decoded, pictures = found.likelihood(wanted.mean).mean, trained.likelihood(wanted.mean).mean
    torch.testing.assert_close(posterior.mean, wanted.mean, rtol=tolerance, atol=tolerance)
    if found.can.variance:
        torch.testing.assert_close(posterior.logvar, wanted.logvar, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(decoded.clamp(0, 1), pictures.clamp(0, 1), rtol=0, atol=0.02)
    assert found.report.figures["round_trip_error"] < 0.3 * found.report.figures["mean_image_error"]


def test_standardised_by_numbers_of_ones_own_is_exact(trained: VAE, few: Dataset) -> None:
    made = (lambda x: encode(trained)(x * 0.353 + 0.286), decode(trained))
    found = wrapped(made, few, range="standardised:0.286,0.353")
    x = torch.from_numpy(few.batch(slice(0, 64)))
    with torch.inference_mode():
        torch.testing.assert_close(found.encode(x).mean, trained.encode(x).mean, rtol=1e-4, atol=1e-4)


def untrained() -> VAE:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return VAE(VAEConfig((1, 28, 28), 6, channels=(8, 8))).eval()


def not_finite(model: VAE) -> Any:
    return lambda x: tuple(part * float("nan") for part in encode(model)(x)), decode(model)


def loud(x: Tensor) -> Tensor:
    raise RuntimeError("the cat sat on the keyboard")


WRONG = [
    ("no functions", lambda model: object(), "no encode and decode"),
    ("forward alone", lambda model: nn.Linear(3, 3), "only forward"),
    ("an encoder that fails", lambda model: (loud, decode(model)), "the cat sat on the keyboard"),
    ("a decoder that fails", lambda model: (encode(model), loud), "the cat sat on the keyboard"),
    ("an encoder that tells a story", lambda model: (lambda x: "once", decode(model)), "returns str"),
    ("a decoder that tells nothing", lambda model: (encode(model), lambda z: None), "returns NoneType"),
    ("pictures of another size", lambda model: (encode(model), lambda z: decode(model)(z)[..., :20]), "takes no items"),
    ("encoder and decoder exchanged", lambda model: (decode(model), encode(model)), "takes no items"),
    ("latents that are not finite", not_finite, "takes no items"),
    ("a model that has learnt nothing", lambda model: untrained_pair(), "--range"),
]


def untrained_pair() -> Any:
    model = untrained()
    return encode(model), decode(model)


@pytest.mark.parametrize(("name", "wrap", "words"), WRONG, ids=[name for name, _, _ in WRONG])
def test_what_is_wrong_stops_with_a_sentence(name: str, wrap: Any, words: str, trained: VAE, few: Dataset) -> None:
    with pytest.raises(InputError, match=words):
        wrapped(wrap(trained), few)


def test_what_is_doubtful_can_be_stated(few: Dataset) -> None:
    made = untrained_pair()
    with pytest.raises(InputError, match="is ambiguous") as asked:
        wrapped(made, few)
    assert "--posterior" in str(asked.value) and "--output" in str(asked.value)
    found = wrapped(made, few, range="unit", posterior="mean,logvar", output="same")
    assert found.latent_dim == 6
    assert {finding.how for finding in found.report.findings if finding.subject == "posterior"} == {"stated"}


def test_what_is_stated_stands(trained: VAE, few: Dataset) -> None:
    made = (encode(trained), decode(trained))
    found = wrapped(made, few, posterior="mean,logstd", likelihood="bernoulli")
    assert found.convention.posterior is not None and found.convention.posterior.in_words() == "mean,logstd"
    assert found.convention.likelihood == "bernoulli"
    assert wrapped(made, few, sigma=0.5).convention.sigma == 0.5
    with pytest.raises(InputError, match="takes no items"):
        wrapped(made, few, layout="flat")


class Restless(nn.Module):
    """Dropout that evaluation mode does not still."""

    def __init__(self, model: VAE) -> None:
        super().__init__()
        self.model = model

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return encode(self.model)(nn.functional.dropout(x, 0.02, training=True))

    def decode(self, z: Tensor) -> Tensor:
        return decode(self.model)(z)


def test_what_is_not_well_is_warned_of(trained: VAE, few: Dataset) -> None:
    restless = wrapped(Restless(trained), few, posterior="mean,logvar")
    assert any("The encoder gives a different result each time" in told for told in restless.report.warnings)
    shifted = (lambda x: (40 * encode(trained)(x)[0], encode(trained)(x)[1]), lambda z: decode(trained)(z / 40))
    far = wrapped(shifted, few, posterior="mean,logvar")
    assert any("lie more than 10 from 0" in told for told in far.report.warnings)

    def some(x: Tensor) -> tuple[Tensor, ...]:
        mean, logvar = encode(trained)(x)
        return torch.where(x.mean(dim=(1, 2, 3))[:, None] > 0.45, torch.nan, mean), logvar

    partly = wrapped((some, decode(trained)), few, posterior="mean,logvar")
    assert any("will be left out" in told for told in partly.report.warnings)


def test_a_model_in_training_is_held_in_evaluation(trained: VAE, few: Dataset) -> None:
    class WithDropout(Restless):
        def __init__(self, model: VAE) -> None:
            super().__init__(model)
            self.dropout = nn.Dropout(0.5)

        def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return encode(self.model)(self.dropout(x))

    made = WithDropout(trained).train()
    found = wrapped(made, few)
    assert {f.value for f in found.report.findings if f.subject == "deterministic"} == {"yes"}
    # The user's own goes on being trained.
    assert made.training and all(parameter.requires_grad for parameter in made.dropout.parameters())
    grown = made.model.encoder(torch.rand(2, 1, 28, 28)).sum()
    assert grown.requires_grad == any(parameter.requires_grad for parameter in trained.parameters())


def test_the_name_of_the_content_follows_weights_and_convention(trained: VAE, few: Dataset) -> None:
    made = (encode(trained), decode(trained))
    assert wrapped(made, few).fingerprint == wrapped(made, few).fingerprint
    assert wrapped(made, few).fingerprint != wrapped(made, few, posterior="mean,logstd").fingerprint
    one, other = untrained(), untrained()
    with torch.no_grad():
        next(other.parameters()).add_(1e-3)
    stated = {"range": "unit", "posterior": "mean,logvar", "output": "same", "sigma": 1.0}
    names = [wrapped(Restless(model), few, **stated).fingerprint for model in (one, other)]
    assert names[0] != names[1]
    # Weights that cannot be found, in an array of a function's own, still name the content.
    names = []
    for size in (1.0, 1.01):
        scale = np.float32(size)
        found = wrapped((lambda x, s=scale: encode(trained)(x)[0] * s, lambda z, s=scale: decode(trained)(z / s)), few)
        names.append(found.fingerprint)
    assert names[0] != names[1]


def test_vectors_are_understood_too(trained: VAE) -> None:
    random = np.random.default_rng(0)
    hidden = random.normal(size=(400, 2))
    turn = random.normal(size=(2, 7))
    values = (5 * hidden @ turn + 0.25 * random.normal(size=(400, 7)) + 3).astype(np.float32)
    data = from_arrays(values, name="linear", kind="vector")
    middle = torch.from_numpy(values.mean(axis=0))
    basis = torch.linalg.svd(torch.from_numpy(values) - middle, full_matrices=False)[2][:2]
    scale = ((torch.from_numpy(values) - middle) @ basis.T).std(dim=0)
    made = (lambda x: ((x - middle) @ basis.T) / scale, lambda z: (z * scale) @ basis + middle)
    found = wrapped(made, data)
    assert (found.latent_dim, found.can.variance, found.sample_shape) == (2, False, (7,))
    assert found.report.figures["round_trip_error"] < 0.05 * found.report.figures["mean_image_error"]
    with pytest.raises(InputError, match="for pictures"):
        wrapped(made, data, range="symmetric")


def test_flat_pictures_in_memory(trained: VAE, few: Dataset) -> None:
    found = wrapped((lambda x: encode(trained)(unflat(x)), lambda z: decode(trained)(z).flatten(1)), few)
    z = torch.zeros(3, 16, requires_grad=True)
    found.likelihood(z).log_prob(torch.zeros(3, 1, 28, 28)).sum().backward()
    assert z.grad is not None and bool((z.grad != 0).any())


@pytest.mark.parametrize("kind", ["logvar", "var", "std", "logstd"])
def test_the_spread_of_another_model_is_told_too(kind: str) -> None:
    space = demo("sprites")
    as_kind: dict[str, Callable[[Tensor], Tensor]] = {
        "logvar": lambda v: v,
        "var": torch.exp,
        "std": lambda v: torch.exp(v / 2),
        "logstd": lambda v: v / 2,
    }

    def encoder(x: Tensor) -> tuple[Tensor, Tensor]:
        posterior = space.model.encode(x)
        return as_kind[kind](posterior.logvar), posterior.mean

    found = wrapped((encoder, lambda z: space.model.likelihood(z).mean), space.data)
    assert found.convention.posterior is not None and found.convention.posterior.in_words() == f"{kind},mean"


class Listed(nn.Module):
    """Its network is where torch does not see it."""

    def __init__(self, model: VAE, size: float) -> None:
        super().__init__()
        self.hidden = [(model, size)]

    def encode(self, x: Tensor) -> Tensor:
        model, size = self.hidden[0]
        return encode(model)(x)[0] * size

    def decode(self, z: Tensor) -> Tensor:
        model, size = self.hidden[0]
        return decode(model)(z / size)


def test_a_network_that_torch_does_not_see_names_the_content(trained: VAE, few: Dataset) -> None:
    assert wrapped(Listed(trained, 1.0), few).fingerprint != wrapped(Listed(trained, 1.05), few).fingerprint


def test_names_are_no_proof_of_what_a_spread_is(trained: VAE, few: Dataset) -> None:
    def named(x: Tensor) -> dict[str, Tensor]:
        mean, logvar = encode(trained)(x)
        return {"mu": mean, "log_sigma": logvar}

    for stated in ({}, {"posterior": "mean,logvar"}):
        found = wrapped((named, decode(trained)), few, **stated)
        assert found.convention.posterior is not None and found.convention.posterior.scale == "logvar"

    def wrongly(x: Tensor) -> dict[str, Tensor]:
        mean, logvar = encode(trained)(x)
        return {"mu": mean, "sigma": logvar}

    with pytest.raises(InputError, match="has negative values"):
        wrapped((wrongly, decode(trained)), few)


@pytest.mark.parametrize("stated", [{}, {"posterior": "mean,logvar"}])
def test_a_sample_that_is_the_mean_is_no_spread(trained: VAE, few: Dataset, stated: dict[str, Any]) -> None:
    def three(x: Tensor) -> tuple[Tensor, ...]:
        mean, logvar = encode(trained)(x)
        return mean.clone(), mean, logvar

    found = wrapped((three, decode(trained)), few, **stated)
    x = torch.from_numpy(few.batch(slice(0, 9)))
    with torch.inference_mode():
        torch.testing.assert_close(found.encode(x).logvar, trained.encode(x).logvar, rtol=1e-4, atol=1e-4)


def test_answers_squeezed_for_one_item(trained: VAE, few: Dataset) -> None:
    made = (lambda x: tuple(part.squeeze() for part in encode(trained)(x)), lambda z: decode(trained)(z).squeeze())
    found = wrapped(made, few)
    x = torch.from_numpy(few.batch(slice(0, 1)))
    with torch.inference_mode():
        assert found.encode(x).mean.shape == (1, 16)
        assert found.likelihood(found.encode(x).mean).mean.shape == (1, 1, 28, 28)


@pytest.mark.parametrize(
    "stated", [{"posterior": ["mean", "logvar"]}, {"range": (0, 1)}, {"sigma": "0.1"}, {"latent_dim": 4}]
)
def test_options_of_a_wrong_kind_are_told(trained: VAE, few: Dataset, stated: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        wrapped((encode(trained), decode(trained)), few, **stated)
