"""The sorts of work a server can be asked for, and what does them."""

from __future__ import annotations

import concurrent.futures
from dataclasses import dataclass
from typing import Literal

from vae_core.jobs.executors import PatientThreads, WarmWorker

LaneName = Literal["long", "short", "server"]


@dataclass(frozen=True)
class Kind:
    """A sort of work.

    Parameters
    ----------
    function : str
        ``module:name``; called with the job's arguments and `progress`.
    lane : {"long", "short", "server"}
        Which worker does it; what takes seconds never waits for what takes minutes. Work of the lane "server" is
        done by threads of this process, since it needs what only this process has: a model in memory.
    brief : bool
        Whether it leaves the list once it is done.
    leased : bool
        Whether it goes on only as long as somebody is heard of who wants it, and leaves the list when it is cancelled.
        What survives a reload by design, such as a map, is not.
    """

    function: str
    lane: LaneName = "long"
    brief: bool = False
    leased: bool = False


#: The work a server can be asked for. A request on disk names one of these, never a function.
KINDS = {
    "projection": Kind("vae_core.space.maps.compute:compute_in_folder"),
    "quality": Kind("vae_core.space.maps.compute:measure_in_folder", "short", brief=True),
    "placing": Kind("vae_core.space.overlays.files:place_layer_in_folder", "short", brief=True),
    "distortion": Kind("vae_core.interpret.answers:refine_distortion_in_server", "server", brief=True),
    "report": Kind("vae_core.report.files:report_in_server", "server", brief=True),
    "study": Kind("vae_core.interpret.answers:answer_in_server", "server", brief=True, leased=True),
}

#: Lanes in which of one visitor's work the last comes first: who turns to another page waits for that one.
NEWEST_FIRST: tuple[LaneName, ...] = ("server",)


def local_workers() -> dict[LaneName, concurrent.futures.Executor]:
    """Return one warm process a lane, not started yet, and threads for what a process cannot do."""
    return {
        "long": WarmWorker(
            ("vae_core.space.maps.umap_layout:warm_up", "vae_core.space.maps.tsne:warm_up"), "long work"
        ),
        "short": WarmWorker(("vae_core.space.maps.quality:warm_up",), "short work"),
        "server": PatientThreads(3, "study", ("vae_core.interpret.studies:warm_up",)),
    }
