"""The demos that are shipped: trained models with their data, encodings and maps."""

from vae_core.demos.shipped import DEMOS, Demo, demo

__all__ = ["DEMOS", "Demo", "demo"]
