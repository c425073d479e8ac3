"""How far a decoded picture can be trusted: near the data, map reliable here, faithful."""

from vae_core.space.trust.assessment import Trust, assess_items, assess_points, assess_spots, near_data, trust
from vae_core.space.trust.scale import TrustScale

__all__ = ["Trust", "TrustScale", "assess_items", "assess_points", "assess_spots", "near_data", "trust"]
