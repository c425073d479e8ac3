"""Ending work on what is about to be removed."""

from __future__ import annotations

from collections.abc import Callable

from vae_core.jobs import Jobs

#: Seconds a job is waited for after it was asked to stop; a moment more than it is given before it is forced to.
_PATIENCE = 2 + Jobs.PATIENCE


def end_jobs(jobs: Jobs, concerned: Callable[[str], bool]) -> None:
    """Stop the work of all keys that are concerned, whoever wants it, and take it off the list."""
    ending = [job for job in jobs.all_jobs() if concerned(job.key)]
    for job in ending:
        for visitor in tuple(job.visitors):
            jobs.cancel(job.key, visitor)
    for job in ending:
        job.wait(_PATIENCE)
        jobs.forget(job.key)
