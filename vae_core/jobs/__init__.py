"""Long work: submit, progress, cancel, result."""

from vae_core.jobs.bounds import TooMany
from vae_core.jobs.executors import WarmWorker, WorkerEnded
from vae_core.jobs.job import Job
from vae_core.jobs.kinds import KINDS, Kind
from vae_core.jobs.line import Party
from vae_core.jobs.queue import Jobs

__all__ = ["KINDS", "Job", "Jobs", "Kind", "Party", "TooMany", "WarmWorker", "WorkerEnded"]
