"""Training a VAE."""

from vae_core.train.settings import TrainSettings
from vae_core.train.trainer import TrainingResult, evaluate, train

__all__ = ["TrainSettings", "TrainingResult", "evaluate", "train"]
