"""Long work: submit, progress, cancel, result."""

from vae_core.jobs.job import Job
from vae_core.jobs.queue import KINDS, Jobs, Kind
from vae_core.jobs.workers import WarmWorker, WorkerEnded

__all__ = ["KINDS", "Job", "Jobs", "Kind", "WarmWorker", "WorkerEnded"]
