"""The command ``latent-explorer``: models and data in, a page in the browser out."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import signal
import socket
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

    from vae_core import Catalogue, Dataset, Workspace
    from vae_core.jobs import Jobs

ASSETS = Path(__file__).resolve().parent / "assets"
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
#: Seconds between the server's start and that of its workers.
WARM_UP_AFTER = 2.0


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
    parser.add_argument("--data", action="append", help="its data set, by name or path; one, or one a model")
    parser.add_argument("--port", type=int, default=8050, help="default %(default)s")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default %(default)s: this machine only)"
    )
    parser.add_argument("--workspace", metavar="DIR", help="where caches are kept (default: the user's data folder)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument(
        "--points-up-to", type=int, metavar="N", help="draw maps of more items as a picture (default 100000)"
    )
    parser.add_argument("--cold", action="store_true", help="load the libraries of long work only when it is asked for")
    parser.add_argument("--debug", action="store_true", help="log what the server does")
    ModelOptions.add_to(parser)
    DataOptions.add_to(parser)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO if chosen.debug else logging.WARNING, format="%(levelname)s %(message)s")
    # Its "queue depth" lines are about bursts of thumbnails, which are no trouble.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        if not 0 <= chosen.port < 65536:
            raise InputError(f"{chosen.port} is not a port; take one from 1 to 65535, or 0 for any that is free.")
        if chosen.points_up_to is not None and chosen.points_up_to < 0:
            raise InputError(f"--points-up-to takes a number of items, not {chosen.points_up_to}.")
        if (chosen.model is None) != (chosen.data is None):
            raise InputError("--model and --data belong together; give both, or neither for the shipped demos.")
        with _listen(chosen.host, chosen.port) as listener:
            from vae_core import Workspace  # late: a wrong option is told at once

            workspace = Workspace(chosen.workspace)
            catalogue = _catalogue(chosen, workspace)
            drawing = {} if chosen.points_up_to is None else {"points_up_to": chosen.points_up_to}
            _serve(catalogue, workspace.jobs_folder, listener, chosen.host, chosen.open, not chosen.cold, **drawing)
    except InputError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def explore(
    model: Any,
    data: Any,
    *,
    labels: Any = None,
    port: int = 8050,
    workspace: str | Path | None = None,
    open_browser: bool = True,
    block: bool = True,
    data_options: DataOptions | None = None,
    **stated: Any,
) -> str:
    """Open the dashboard on objects in memory, from a script or a notebook.

    Parameters
    ----------
    model : LatentModel, object or path
        A model; any object with ``encode`` and ``decode``, such as a torch module; or what `vae_core.load_model` opens.
    data : Dataset, array, DataFrame, map-style data set, name or path
        Its data set; what is in memory as of `vae_core.data.from_arrays`.
    labels : array, optional
        A class number or name an item, where `data` is an array.
    port : int
        0 takes a free one.
    workspace : path, optional
        Where caches are kept.
    open_browser : bool
        Show the page at once.
    block : bool
        Serve until interrupted; otherwise serve from a thread and return.
    data_options : DataOptions, optional
        Of data that are opened by name or path.
    **stated
        Fields of `vae_core.options.ModelOptions`, such as ``range="symmetric"``, for what cannot be found by trying.

    Returns
    -------
    str
        The address of the page.

    Raises
    ------
    InputError
        If model and data cannot be opened or the port is taken.
    """
    from vae_core import Catalogue, Dataset, LatentSpace, Workspace, load_data, load_model
    from vae_core.data.memory import from_arrays
    from vae_core.model import wrap_model
    from vae_core.model.loading import stated_shape
    from vae_core.progress import ConsoleProgress

    kept_in = Workspace(workspace)
    if isinstance(data, (str, Path)):
        fitting = data_options is not None and data_options.fit is not None and isinstance(model, (str, Path))
        shape = stated_shape(str(model), ModelOptions.said(**stated)) if fitting else None
        data = load_data(data, options=data_options, shape=shape)
    if labels is not None and isinstance(data, Dataset):
        raise InputError("labels= goes with an array; this data set has a table of its own.")
    with ConsoleProgress("reading", unit="item") as bar:
        opened_data = data if isinstance(data, Dataset) else from_arrays(data, labels, progress=bar)
    ours = all(hasattr(model, name) for name in ("encode", "likelihood", "latent_dim", "fingerprint"))
    if isinstance(model, (str, Path)):
        opened_model = load_model(model, data=opened_data, **stated)
    else:
        opened_model = model if ours else wrap_model(model, opened_data, **stated)
    listener = _listen("127.0.0.1", port)
    _refuse_without_pictures(opened_data)
    try:
        with ConsoleProgress("encoding", unit="item") as bar:
            space = LatentSpace.build(opened_model, opened_data, kept_in, bar)
    except BaseException:
        listener.close()  # a notebook lives on, and the port would stay taken
        raise
    catalogue = Catalogue()
    # Named by its content: browsers keep the pictures of a space for a while.
    catalogue.add(f"model-{space.fingerprint[:6]}", opened_data.name, space)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    if block:
        _serve(catalogue, kept_in.jobs_folder, listener, "127.0.0.1", open_browser)
    else:
        served = (catalogue, kept_in.jobs_folder, listener, "127.0.0.1", open_browser)
        threading.Thread(target=_serve, args=served, daemon=True).start()
    return address


def create_app(catalogue: Catalogue, jobs: Jobs, **options: Any) -> Dash:
    """Build the Dash application on a catalogue of spaces; options as of `components.server.create_dash`."""
    from components.server import create_dash

    return create_dash(catalogue, jobs, ASSETS, **options)


def _catalogue(chosen: argparse.Namespace, workspace: Workspace) -> Catalogue:
    from vae_core import Catalogue, demo
    from vae_core.demos import DEMOS
    from vae_core.opening import open_space

    catalogue = Catalogue()
    if chosen.model is None:
        for name, shipped in DEMOS.items():
            catalogue.add(name, shipped.title, _demo_opener(demo, name, workspace, chosen.device))
        # The default space is opened before the page is offered; the others when somebody wants them.
        next(iter(catalogue)).space()
        return catalogue
    if len(chosen.data) not in (1, len(chosen.model)):
        raise InputError(
            f"There are {len(chosen.model)} models and {len(chosen.data)} data sets; give one, or one a model."
        )
    names = model_names(chosen.model)
    for at, (name, model) in enumerate(zip(names, chosen.model, strict=True)):
        data = chosen.data[min(at, len(chosen.data) - 1)]
        options, data_options = ModelOptions.of(chosen), DataOptions.of(chosen)
        space = open_space(model, data, workspace, chosen.device, options, data_options=data_options)
        _refuse_without_pictures(space.data)
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


def _refuse_without_pictures(data: Dataset) -> None:
    if data.kind != "image":
        raise InputError(
            f"{data.name}: its items are of kind {data.kind!r}, and the page shows images only so far; "
            "'python -m vae_core inspect' gives the figures of any kind."
        )


def _demo_opener(demo: Any, name: str, workspace: Workspace, device: str) -> Any:
    return lambda: demo(name, workspace, device)


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name) or "model"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, UnicodeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or "no such address"
        raise InputError(f"Port {port} of {host} cannot be used ({reason}); take another with --port.") from error
    return listener


def _hosts(host: str, address: str) -> frozenset[str] | None:
    """Return the names the server answers to besides loopback's; None for every address of this machine."""
    return None if address in ("0.0.0.0", "::") else frozenset({host.lower(), address})


def _serve(
    catalogue: Catalogue,
    jobs_folder: Path,
    listener: socket.socket,
    host: str,
    open_browser: bool,
    warm: bool = True,
    **options: Any,
) -> None:
    import waitress

    from components.big_maps import POINTS_UP_TO
    from vae_core.jobs import Jobs

    give_memory_back()
    jobs = Jobs(jobs_folder)
    app = create_app(catalogue, jobs, hosts=_hosts(host, listener.getsockname()[0]), **options)
    server = waitress.create_server(app.server, sockets=[listener], threads=8, ident=None)
    port = listener.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
    print(f"Latent Explorer is ready at {address}  (Ctrl-C ends it)", flush=True)
    if open_browser:
        threading.Timer(0.3, webbrowser.open, (address,)).start()
    if warm:
        # A moment later: the first page must not wait for what is only to be used after it.
        warming = threading.Timer(WARM_UP_AFTER, jobs.warm_up)
        warming.daemon = True
        warming.start()
    _warm_up_drawing(catalogue, options.get("points_up_to", POINTS_UP_TO))
    if threading.current_thread() is threading.main_thread():
        # So that being ended by a service manager also ends what was begun.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run()
    finally:
        jobs.close()
        server.close()


def give_memory_back() -> None:
    """Have large arrays returned to the system when they are let go: eight threads would each keep some.

    With a million items open the server grew by 300 bytes an item, and grows by 65 since.
    """
    # Only GNU's C library has this switch; elsewhere there is nothing to be set.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, 2**20)


def _warm_up_drawing(catalogue: Catalogue, points_up_to: int) -> None:
    """Compile what draws big maps while the page loads, where there is a set that is so large."""
    from components.big_maps import warm_up

    if any(entry.is_open and len(entry.space()) > points_up_to for entry in catalogue):
        threading.Thread(target=warm_up, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
