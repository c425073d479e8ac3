"""Asking for long work: it runs in a process of its own, lies in the workspace and is known after a restart."""

from __future__ import annotations

import concurrent.futures
import logging
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future
from pathlib import Path
from typing import Any

from vae_core.errors import InputError
from vae_core.jobs.bounds import refuse_too_many
from vae_core.jobs.earlier import EarlierWork
from vae_core.jobs.executors import WorkerEnded
from vae_core.jobs.files import Wish, ask_no_more, ask_to_stop, open_folder
from vae_core.jobs.heartbeat import Heartbeat, sign_of
from vae_core.jobs.job import Job
from vae_core.jobs.kinds import KINDS, NEWEST_FIRST, Kind, LaneName, local_workers
from vae_core.jobs.lane import Deserted, Lane
from vae_core.jobs.lease import Lease
from vae_core.jobs.line import Party
from vae_core.progress import Stopped
from vae_core.storage import DiskFull

log = logging.getLogger(__name__)


class Jobs:
    """The work of one server, each job a folder.

    Parameters
    ----------
    root : Path, optional
        Where the folders lie, shared by servers on one workspace; by default a temporary folder of this object's own.
    executors : mapping, optional
        A `concurrent.futures.Executor` a lane; by default `local_workers`. One of a cluster does if it sees `root`.
    kinds : mapping, optional
        The work that can be asked for.
    """

    #: Seconds a job may take to stop by itself after it was cancelled.
    PATIENCE = 3.0
    #: Seconds the end of all work is waited for; a thread cannot be ended, and what it is at may take longer.
    ENDING = 2.0
    #: Seconds after which a visitor who is not heard of wants no leased work any more.
    LEASE = 120.0

    def __init__(
        self,
        root: Path | None = None,
        executors: Mapping[LaneName, concurrent.futures.Executor] | None = None,
        kinds: Mapping[str, Kind] = KINDS,
    ) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="latent-explorer-jobs-") if root is None else None
        self.root = Path(self._own.name) if self._own else Path(root or "")
        self.kinds = dict(kinds)
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._unfinished: dict[str, Job] = {}  # by id; also those whose key has gone to a successor
        self._closing = False
        self._lease = Lease(self._leasers, self._vanished, lambda: self.LEASE)
        self._earlier = EarlierWork(self.root)
        self._heartbeat = Heartbeat(self.root, self._look_at_others)
        sign = sign_of(self.root, self._heartbeat.server)
        self._lanes = {
            name: Lane(pool, name in NEWEST_FIRST, sign, self._end)
            for name, pool in (local_workers() if executors is None else executors).items()
        }
        self._earlier.find(self._heartbeat)
        self._list_earlier()

    def warm_up(self) -> None:
        """Start the local workers now, before there is work."""
        for lane in self._lanes.values():
            lane.warm_up()

    def submit(
        self,
        key: str,
        kind: str,
        title: str,
        arguments: dict[str, Any],
        visitor: str = "",
        *,
        space: str = "",
        counted_as: Party | None = None,
    ) -> Job:
        """Start the work named `key`, or join the job that is doing it already.

        A job that was cancelled and has not stopped yet is not joined: its successor waits for it.

        Parameters
        ----------
        key, kind, title, arguments
            As of `Job`.
        visitor : str
            Who wants it.
        space : str
            Name in the catalogue of the space that has to be open for it.
        counted_as : Party, optional
            Whose turn it takes and whose bounds it counts for; by default the visitor's, of no known address.

        Raises
        ------
        TooMany
            If too much of what this visitor, or its address, asked for is unfinished.
        InputError
            If the job cannot be written to the workspace.
        """
        party = counted_as or Party(visitor)
        self.hear(visitor)
        if self.kinds[kind].leased:
            self._lease.watch()
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and not known.finished and known.visitors:
                known.visitors.add(visitor)
                return known
            if known is not None and known.finished:
                self.forget(key)
            lane = self.kinds[kind].lane
            alike = [job.counted_as for job in self._unfinished.values() if self.kinds[job.kind].lane == lane]
            refuse_too_many(party, lane, alike)
            try:
                request = {"kind": kind, "title": title, "arguments": arguments, "space": space}
                self._heartbeat.begin()
                folder = open_folder(self.root, self._heartbeat.server, key, request)
            except (DiskFull, OSError) as error:
                raise InputError(
                    f"{title} cannot be started: {self.root} cannot be written to ({error.strerror}); "
                    "make room, or name another --workspace."
                ) from error
            job = self._jobs[key] = Job(key, kind, title, arguments, folder, Future(), visitors={visitor})
            job.counted_as, job.space = party, space
            self._unfinished[job.id] = job
        self._lane(job).add(job, self.kinds[kind].function)
        return job

    def _lane(self, job: Job) -> Lane:
        return self._lanes[self.kinds[job.kind].lane]

    def _look_at_others(self) -> None:
        self._earlier.look()
        self._list_earlier()

    def _list_earlier(self) -> None:
        """List what earlier servers left as it is now, unless it was begun anew here."""
        with self._lock:
            newest = {job.key: job for job in list(self._earlier.jobs.values())}
            for key, job in list(self._jobs.items()):
                if job.future is None and key not in newest:
                    del self._jobs[key]
            for key, job in newest.items():
                known = self._jobs.get(key)
                if known is None or known.future is None:
                    self._jobs[key] = job

    def hear(self, visitor: str) -> None:
        """Note that this visitor is there; what is leased goes on for who is heard of now and then."""
        self._lease.hear(visitor)

    def _leased(self) -> list[Job]:
        return [job for job in self.all_jobs() if not job.finished and self.kinds[job.kind].leased]

    def _leasers(self) -> set[str]:
        return {visitor for job in self._leased() for visitor in list(job.visitors)}

    def _vanished(self, visitor: str) -> None:
        for job in self._leased():
            if visitor in job.visitors:
                self.cancel(job.key, visitor)

    def get(self, key: str) -> Job | None:
        """Return the newest job of this key."""
        return self._jobs.get(key)

    def by_id(self, id: str) -> Job | None:
        """Return the job whose folder has this name."""
        return next((job for job in self.all_jobs() if job.id == id), None)

    def all_jobs(self) -> list[Job]:
        """Return every job, those of earlier servers first."""
        with self._lock:
            return list(self._jobs.values())

    def cancel(self, key: str, visitor: str = "") -> None:
        """Take a visitor's request back; wanted by nobody else the work is stopped, by force if it does not listen."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.finished:
                return
            job.visitors.discard(visitor)
            if job.visitors:
                return
        self._stop(job)

    def cancel_all(self, visitor: str = "") -> list[Job]:
        """Take all requests of a visitor back; return the jobs. What others want too goes on for them."""
        mine = [job for job in self.all_jobs() if not job.finished and visitor in job.visitors]
        for job in mine:
            self.cancel(job.key, visitor)
        return mine

    def stop_here(self, key: str, visitor: str = "") -> None:
        """Ask a job to keep what it has and end; only for work that says in its progress that it can.

        Work that nobody wants any more is being stopped already, and stays so; what has been given is kept already.

        Raises
        ------
        InputError
            If another visitor waits for the whole of it.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.finished or not job.visitors or job.result_id is not None:
                return
            if job.visitors - {visitor}:
                raise InputError(
                    f"{job.title} is wanted by somebody else too, so it goes on; cancel it for yourself alone."
                )
            try:
                ask_to_stop(job.folder, "keep")
            except OSError as error:
                raise InputError(
                    f"{job.title} cannot be told to stop here: {self.root} cannot be written to ({error.strerror}); "
                    "make room, then try again."
                ) from error

    def rename(self, key: str, to: str) -> None:
        """Give work under way the key of what it has given, so that what it was asked for can be asked for anew."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.finished and job.result_id is not None:
                del self._jobs[key]
                job.key = to
                self._jobs[to] = job

    def restart(self, key: str, visitor: str = "", counted_as: Party | None = None) -> Job | None:
        """Start a job again that was interrupted, failed or was cancelled."""
        job = self._jobs.get(key)
        if job is None or job.kind not in self.kinds:
            return None
        wanted = (job.key, job.kind, job.title, job.arguments, visitor)
        return self.submit(*wanted, space=job.space, counted_as=counted_as)

    def forget(self, key: str) -> None:
        """Take an ended job off the list, and its folder away."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.finished:
                del self._jobs[key]
                self._earlier.forget(job)
                shutil.rmtree(job.folder, ignore_errors=True)  # what cannot be removed is swept up another day

    def close(self) -> None:
        """End all work. What was under way is found interrupted by the next server."""
        self._closing = True
        self._lease.close()
        for job in self.all_jobs():
            if not job.finished and not self._lane(job).take_back(job):
                self._ask(job, "cancel")  # a thread cannot be ended, only asked
        ending = [threading.Thread(target=lane.shutdown, daemon=True) for lane in self._lanes.values()]
        for thread in ending:
            thread.start()
        end = time.monotonic() + self.ENDING
        for thread in ending:
            thread.join(max(0.0, end - time.monotonic()))
        self._heartbeat.end()
        if self._own is not None:
            self._own.cleanup()

    def _stop(self, job: Job) -> None:
        if self._lane(job).take_back(job):
            return
        self._ask(job, "cancel")
        timer = threading.Timer(self.PATIENCE, self._force, (job,))
        timer.daemon = True
        timer.start()

    def _ask(self, job: Job, wish: Wish) -> None:
        try:
            ask_to_stop(job.folder, wish)
        except OSError as error:
            log.warning("%s: that the job is to stop could not be written (%s).", job.folder, error)

    def _force(self, job: Job) -> None:
        if not job.finished:
            self._lane(job).kill(job)

    def _end(self, job: Job, call: Future[Any]) -> None:
        """Note how the work of a job ended, and give what came of it to those who wait for it."""
        ask_no_more(job.folder)
        result: Any = None
        problem: BaseException | None = None
        interrupted = f"{job.title} was interrupted: its server ended before it."
        try:
            result = call.result()
        except (CancelledError, WorkerEnded, BrokenExecutor, Stopped) as ended:
            problem = ended
            if self._closing:
                job.end("interrupted", interrupted, keep=False)
            elif isinstance(ended, Deserted):
                job.end("interrupted", f"{job.title} was interrupted: its worker had lost sight of its server.")
            elif job.visitors and isinstance(ended, (WorkerEnded, BrokenExecutor)):
                job.end("failed", f"{job.title} was ended from outside; start it again.")
            else:
                job.end("cancelled")
                self._leave(job)
        except InputError as refusal:
            problem = refusal
            job.end("failed", str(refusal))
        except Exception as unexpected:  # noqa: BLE001 - whatever the work raises
            problem = unexpected
            # The page shows one sentence; whoever runs the server gets the whole story.
            sys.excepthook(type(unexpected), unexpected, unexpected.__traceback__)
            job.end("failed", f"An unexpected error ended the work: {type(unexpected).__name__}: {unexpected}")
        else:
            job.gave = result if isinstance(result, str) else None
            with self._lock:
                job.end("done")
                if self.kinds[job.kind].brief:
                    self.forget(job.key)
        with self._lock:
            self._unfinished.pop(job.id, None)
        job.give_result(result, problem)

    def _leave(self, job: Job) -> None:
        """Take work that was cancelled off the list, if it is leased: the next who wants it asks again."""
        with self._lock:
            if self.kinds[job.kind].leased and self._jobs.get(job.key) is job:
                self.forget(job.key)
