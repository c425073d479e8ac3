"""The command ``latent-explorer``: models and data in, a page in the browser out."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.options import ModelOptions

if TYPE_CHECKING:
    from dash import Dash

    from components.notebook.explorer import Explorer
    from components.server.http import Server
    from vae_core import Catalogue, Workspace
    from vae_core.jobs import Jobs

ASSETS = Path(__file__).resolve().parent / "assets"


def main(arguments: Sequence[str] | None = None) -> int:
    """Open models and data as asked and serve the page until interrupted.

    Returns
    -------
    int
        0 after Ctrl-C, 2 if something given cannot be used.
    """
    parser = argparse.ArgumentParser(prog="latent-explorer", description="Look into the latent space of a VAE.")
    parser.add_argument(
        "--model",
        action="append",
        help="a trained VAE, ours or another library's; may be repeated (default: demos)",
    )
    parser.add_argument(
        "--data",
        action="append",
        help="its data set, by name or path; one for all, or one per model. Without it, or with 'none', the decoder "
        "alone is shown on prior samples",
    )
    parser.add_argument("--samples", type=int, metavar="N", help="how many prior samples (default 5000)")
    parser.add_argument("--port", type=int, default=8050, help="default %(default)s")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default %(default)s: this machine only)"
    )
    parser.add_argument(
        "--token",
        help="what visitors have to know (default: none on this machine only, else one by chance, printed with the "
        "address; or the environment variable LATENT_EXPLORER_TOKEN)",
    )
    parser.add_argument("--no-token", action="store_true", help="let in whoever reaches the address")
    parser.add_argument("--workspace", metavar="DIR", help="where caches are kept (default: the user's data folder)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument(
        "--points-up-to", type=int, metavar="N", help="draw maps of more items as a picture (default 100000)"
    )
    parser.add_argument(
        "--cold",
        action="store_true",
        help="load the libraries of long work, and find first figures, only when asked for",
    )
    parser.add_argument("--debug", action="store_true", help="log what the server does")
    ModelOptions.add_to(parser)
    DataOptions.add_to(parser)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO if chosen.debug else logging.WARNING, format="%(levelname)s %(message)s")
    # Its "queue depth" lines are about bursts of thumbnails, which are no trouble.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        if not 0 <= chosen.port < 65536:
            raise InputError(f"{chosen.port} is not a port; take one from 1 to 65535, or 0 for any free port.")
        if chosen.points_up_to is not None and chosen.points_up_to < 0:
            raise InputError(f"--points-up-to takes a number of items, not {chosen.points_up_to}.")
        if chosen.model is None and (chosen.data is not None or chosen.samples is not None):
            raise InputError("--data and --samples need a --model; leave them out for the shipped demos.")
        if chosen.no_token and chosen.token is not None:
            raise InputError("--token and --no-token exclude each other; leave out one.")
        from components.server.http import Server, listen

        with listen(chosen.host, chosen.port) as listener:
            from vae_core import Workspace  # late: a wrong option is told at once

            workspace = Workspace(chosen.workspace)
            catalogue = _catalogue(chosen, workspace)
            drawing = {} if chosen.points_up_to is None else {"points_up_to": chosen.points_up_to}
            folder = workspace.jobs_folder
            token = chosen.token or (None if chosen.no_token else os.environ.get("LATENT_EXPLORER_TOKEN") or None)
            known = {"token": token, "open_to_all": chosen.no_token, "warm": not chosen.cold}
            _serve(Server(catalogue, folder, listener, chosen.host, ASSETS, **known, **drawing), chosen.open)
    except InputError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def explore(
    model: Any,
    data: Any = None,
    *,
    labels: Any = None,
    samples: int | None = None,
    port: int | None = None,
    workspace: str | Path | None = None,
    open_browser: bool = True,
    block: bool | None = None,
    height: int = 720,
    **stated: Any,
) -> Explorer:
    """Open the dashboard on objects in memory, from a script or a notebook.

    Parameters
    ----------
    model : LatentModel, object or path
        A model; any object with ``encode`` and ``decode``, such as a torch module; or what `vae_core.load_model` opens.
    data : Dataset, array, DataFrame, map-style data set, name or path, optional
        Its data set; what is in memory as of `vae_core.data.from_arrays`. None opens the decoder alone, which may be
        a module that is called, on samples from its prior.
    labels : array, optional
        A class number or name an item, where `data` is an array.
    samples : int, optional
        How many prior samples, where there are no data; 5,000 if it is left out.
    port : int, optional
        By default 8050 if it is free, else any other; 0 takes any that is free.
    workspace : path, optional
        Where caches are kept.
    open_browser : bool
        Show the page at once: inline in a notebook, else in the browser.
    block : bool, optional
        Serve until interrupted, and return then. By default a script does, which would end otherwise; in a notebook
        and at a prompt the page is served beside what is typed next.
    height : int
        Of the page inline, in pixels.
    **stated
        Fields of `vae_core.options.ModelOptions`, such as ``range="symmetric"``, for what cannot be found by trying;
        of data that are opened by name or path also of `vae_core.data.options.DataOptions`, such as ``fit="pad"``.

    Returns
    -------
    Explorer
        Shows the page, closes it and opens it again; tells what is on show, and moves it.

    Raises
    ------
    InputError
        If model and data cannot be opened or the port asked for is taken.
    """
    from components.notebook.explorer import Explorer, listen_nearby
    from components.notebook.ipython import in_session
    from vae_core import Catalogue, Workspace, open_space

    kept_in = Workspace(workspace)
    listener = listen_nearby(port)
    try:
        space = open_space(model, data, labels=labels, samples=samples, workspace=kept_in, draws=1, **stated)
    except BaseException:
        listener.close()  # a notebook lives on, and the port would stay taken
        raise
    catalogue = Catalogue()
    # Named by its content: browsers keep the pictures of a space for a while.
    catalogue.add(f"model-{space.fingerprint[:6]}", space.data.name, space)
    page = Explorer(catalogue, kept_in.jobs_folder, listener, ASSETS, height)
    if open_browser:
        page.show()
    if not in_session() if block is None else block:
        page.wait()
    return page


def create_app(catalogue: Catalogue, jobs: Jobs, **options: Any) -> Dash:
    """Build the Dash application on a catalogue of spaces; options as of `components.server.dash_app.create_dash`."""
    from components.server.dash_app import create_dash

    return create_dash(catalogue, jobs, ASSETS, **options)


def _catalogue(chosen: argparse.Namespace, workspace: Workspace) -> Catalogue:
    from vae_core import Catalogue, demo
    from vae_core.demos import DEMOS
    from vae_core.opening.spaces import open_space

    catalogue = Catalogue()
    if chosen.model is None:
        for name, shipped in DEMOS.items():
            catalogue.add(name, shipped.title, _demo_opener(demo, name, workspace, chosen.device))
        # The default space is opened before the page is offered; the others when somebody wants them.
        next(iter(catalogue)).space()
        return catalogue
    sets = [None if data == "none" else data for data in chosen.data or ["none"]]
    if len(sets) not in (1, len(chosen.model)):
        raise InputError(f"There are {len(chosen.model)} models and {len(sets)} data sets; give one, or one per model.")
    if chosen.samples is not None and None not in sets:
        raise InputError("--samples is the number of prior samples of a decoder alone; leave it out, or --data.")
    names = model_names(chosen.model)
    options, data_options = ModelOptions.of_each(chosen, len(names)), DataOptions.of_each(chosen, len(names))
    if data_options[0].to_json() and sets == [None]:
        told = ", ".join(data_options[0].to_json())
        raise InputError(f"{told}: is about data, but none are given; add --data.")
    for at, (name, model) in enumerate(zip(names, chosen.model, strict=True)):
        data = sets[min(at, len(sets) - 1)]
        samples = chosen.samples if data is None else None
        try:
            space = open_space(
                model,
                data,
                samples=samples,
                workspace=workspace,
                device=chosen.device,
                draws=1,  # the page is there sooner, and has the others taken
                options=options[at],
                data_options=data_options[at] if data else None,
            )
        except InputError as error:
            if len(names) == 1:
                raise
            raise InputError(f"Model {at + 1} of {len(names)}: {error}") from error
        for warning in getattr(getattr(space.model, "report", None), "warnings", []):
            print(f"Note: {name}: {warning}", file=sys.stderr)
        catalogue.add(f"{_plain(name)}-{space.fingerprint[:6]}", f"{name} · {space.data.name}", space)
    return catalogue


def model_names(models: Sequence[str]) -> list[str]:
    """Return what people call models: the last part of their paths that tells, with the one before if need be."""
    paths = [Path(model.split(",")[0]).resolve() for model in models]
    paths = [path.parent if path.name in ("config.json", "final_model") else path for path in paths]
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [f"{path.parent.name}/{path.name}" for path in paths]


def _demo_opener(demo: Any, name: str, workspace: Workspace, device: str) -> Any:
    return lambda: demo(name, workspace, device)


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name) or "model"


def _serve(server: Server, open_browser: bool) -> None:
    """Serve from this thread until interrupted."""
    print(f"Latent Explorer is ready at {server.address}  (Ctrl-C to stop)", flush=True)
    if server.address_from_afar:
        print(f"From other machines: {server.address_from_afar}", flush=True)
    if open_browser:
        threading.Timer(0.3, webbrowser.open, (server.address,)).start()
    if threading.current_thread() is threading.main_thread():
        # So that being ended by a service manager also ends what was begun.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


if __name__ == "__main__":
    sys.exit(main())
