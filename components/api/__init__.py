"""What the page offers to programs, and to its own scripts: the tree under ``/api``, and ``/health``."""

from components.api.app import register

__all__ = ["register"]
