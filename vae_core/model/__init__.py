"""The VAE: networks, likelihoods, objective, checkpoints."""

from vae_core.model.checkpoint import load_checkpoint, read_config, save_checkpoint
from vae_core.model.config import VAEConfig
from vae_core.model.loading import choose_device, load_model, wrap_model
from vae_core.model.objective import Objective, negative_elbo, rate, warmed_up_beta
from vae_core.model.protocol import Capabilities, LatentModel, Posterior
from vae_core.model.vae import VAE
from vae_core.options import ModelOptions

__all__ = [
    "VAE",
    "Capabilities",
    "LatentModel",
    "ModelOptions",
    "Objective",
    "Posterior",
    "VAEConfig",
    "choose_device",
    "load_checkpoint",
    "load_model",
    "negative_elbo",
    "rate",
    "read_config",
    "save_checkpoint",
    "warmed_up_beta",
    "wrap_model",
]
