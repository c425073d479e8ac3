"""The work of other servers on the same folder: left alone while they live, found interrupted once they are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vae_core.jobs.files import read_json, requests
from vae_core.jobs.heartbeat import Heartbeat, Watch, sign_of
from vae_core.jobs.job import Job


class EarlierWork:
    """What other servers were asked for before this one began.

    Parameters
    ----------
    root : Path
        The folder of the jobs.

    Attributes
    ----------
    jobs : dict of str to Job
        Those that ended or were interrupted, by the name of their folder, the oldest first.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.jobs: dict[str, Job] = {}
        self._open: dict[Path, tuple[dict[str, Any], Watch]] = {}
        self._watches: dict[Path, Watch] = {}

    def find(self, heartbeat: Heartbeat) -> None:
        """Look through the folder; by the heartbeat of this server it is seen whose is out of date."""
        found = requests(self._root)
        if any(not ended for _, _, ended in found):
            heartbeat.begin()
        now = heartbeat.server_time()
        for folder, asked, ended in found:
            if ended:
                self._list(folder, asked, ended)
                continue
            watch = self._watch(folder, asked, now)
            self._open[folder] = (asked, watch)
            if not watch.alive():
                self._list(folder, asked, {})

    def look(self) -> None:
        """Bring `jobs` up to date: servers fall silent, come back, and end what they had begun."""
        for folder, (asked, watch) in list(self._open.items()):
            there, ended = (folder / "request.json").is_file(), read_json(folder / "state.json")
            alive = watch.alive()
            if ended or not there:
                self._open.pop(folder, None)
            if ended and there:
                if folder.name in self.jobs:
                    self._list(folder, asked, ended)
            elif not there or alive:
                self.jobs.pop(folder.name, None)
            elif folder.name not in self.jobs:
                self._list(folder, asked, {})

    def forget(self, job: Job) -> None:
        """Take a job off the list for good."""
        self._open.pop(job.folder, None)
        self.jobs.pop(job.id, None)

    def _list(self, folder: Path, asked: dict[str, Any], ended: dict[str, Any]) -> None:
        self.jobs[folder.name] = Job.of_earlier_server(folder, asked, ended)

    def _watch(self, folder: Path, asked: dict[str, Any], now: float | None) -> Watch:
        # Versions before signs of life only wrote how far the job was, which changes its folder.
        sign = sign_of(self._root, str(asked["server"])) if "server" in asked else folder
        if sign not in self._watches:
            self._watches[sign] = Watch(sign, now)
        return self._watches[sign]
