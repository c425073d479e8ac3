"""What does the work of jobs, on one interface: a warm process, threads of the server, anybody's pool."""

from vae_core.jobs.executors.borrowed_pool import BorrowedPool, executor_over
from vae_core.jobs.executors.executor import Executor, WorkerEnded, named_function
from vae_core.jobs.executors.patient_threads import PatientThreads
from vae_core.jobs.executors.warm_process import WarmWorker

__all__ = [
    "BorrowedPool",
    "Executor",
    "PatientThreads",
    "WarmWorker",
    "WorkerEnded",
    "executor_over",
    "named_function",
]
