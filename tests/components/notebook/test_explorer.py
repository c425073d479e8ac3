"""The page opened from Python: what it tells, where it goes, and how it closes."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch

from components.notebook.explorer import Explorer, listen_nearby
from components.server.http import listen
from tests.components.conftest import ASSETS
from tests.patience import PATIENCE
from vae_core import Catalogue, InputError, LatentSpace

ROOT = Path(__file__).resolve().parents[3]
Opener = Callable[[LatentSpace], Explorer]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Opens explorers, and closes them in the end."""
    monkeypatch.setattr("components.server.http.WARM_UP_AFTER", 3600)
    pages: list[Explorer] = []

    def open_on(space: LatentSpace) -> Explorer:
        catalogue = Catalogue()
        catalogue.add("only", "Only", space)
        pages.append(Explorer(catalogue, tmp_path, listen_nearby(0), ASSETS, height=640))
        return pages[-1]

    yield open_on
    for page in pages:
        page.close()


def report(page: Explorer, done: int = 0, **shown: Any) -> Any:
    """Say what a page says, and return where it is sent."""
    parts = urlsplit(page.url())
    (token,) = parse_qs(parts.query)["report"]
    body = {"page": "test", "done": done}
    if shown:
        body["shown"] = {"space": "only", "projection": "pca", **shown}
    request = urllib.request.Request(
        f"{page.address}api/views/{token}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)["go"]


def is_healthy(page: Explorer) -> bool:
    try:
        with urllib.request.urlopen(f"{page.address}health", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def test_what_a_page_reports_is_handed_back_as_arrays(opened: Opener, grey: LatentSpace) -> None:
    page = opened(grey)
    assert page.z is None and page.item is None and page.item_id is None and page.decoded is None
    assert page.pins == (None, None) and page.projection == "pca" and page.space is grey
    assert page.selection.tolist() == list(range(60))
    z = [0.5, -1.0, 0.25, 2.0]
    report(page, z=z, item=7, pins={"a": [1, 2, 3, 4], "b": None}, color="label", hidden=["bag"], frame=None)
    assert page.z is not None and page.z.dtype == np.float32 and page.z.tolist() == z
    assert page.item == 7 and page.item_id == "item-007"
    a, b = page.pins
    assert a is not None and a.tolist() == [1, 2, 3, 4] and b is None
    bags = np.asarray(grey.data.table["label"]) == "bag"
    assert page.selection.tolist() == np.flatnonzero(~bags).tolist()
    assert page.space.mean[page.selection].shape == (40, 4)
    report(page, z=z, color="label", hidden=["bag"], chosen="new_find_bag*add_find_item-000")
    assert page.selection.tolist() == [0, *np.flatnonzero(bags)], "what was chosen by hand goes before what is in view"
    assert parse_qs(urlsplit(page.url()).query)["chosen"] == ["new_find_bag*add_find_item-000"]
    report(page, z=z, item=7, pins={"a": [1, 2, 3, 4], "b": None})
    page.z[:] = 0
    assert page.z.tolist() == z, "what is handed back is a copy"


def test_the_decoded_item_is_in_the_units_of_the_data(
    opened: Opener, grey: LatentSpace, colour: LatentSpace, vectors: LatentSpace
) -> None:
    for space in (grey, colour, vectors):
        page = opened(space)
        page.go_to(item=3)
        with torch.no_grad():
            mean = space.model.likelihood(torch.tensor(space.mean[3:4])).mean[0].numpy()
        expected = 255 * mean if space is grey else mean
        assert page.decoded is not None and page.decoded.shape == space.data.sample_shape
        np.testing.assert_allclose(page.decoded, expected, rtol=1e-5, atol=1e-5)


def test_going_to_an_item_or_a_point_is_on_show_and_told_to_the_page(opened: Opener, grey: LatentSpace) -> None:
    page = opened(grey)
    page.go_to(item=5)
    assert page.item == 5 and page.z is not None and (page.z == grey.mean[5]).all()
    page.go_to("item-006")
    assert page.item == 6
    go = report(page)
    assert go["item"] == 6 and np.float32(go["z"]).tolist() == grey.mean[6].tolist()
    page.go_to(z=torch.ones(1, 4, requires_grad=True))
    assert page.item is None and page.z.tolist() == [1, 1, 1, 1]
    assert report(page, done=go["number"])["z"] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, "either"),
        ({"item": 1, "z": [0, 0, 0, 0]}, "either"),
        ({"item": 60}, "0 to 59"),
        ({"item": -1}, "0 to 59"),
        ({"item": True}, "0 to 59"),
        ({"item": 1.0}, "0 to 59"),
        ({"item": "nobody"}, "nobody"),
        ({"z": [1, 2, 3]}, "4 numbers"),
        ({"z": np.zeros((2, 2))}, "4 numbers"),
        ({"z": "abcd"}, "4 numbers"),
        ({"z": [1, 2, 3, np.nan]}, "finite"),
        ({"z": [1, 2, 3, 1e39]}, "finite"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_a_place_that_is_none_is_said(opened: Opener, grey: LatentSpace, wrong: dict[str, Any], told: str) -> None:
    page = opened(grey)
    for go in (page.go_to, page.url):
        if wrong or go == page.go_to:
            with pytest.raises(InputError, match=told):
                go(**wrong)
    assert page.z is None


def test_addresses_bring_a_page_to_what_is_on_show(opened: Opener, grey: LatentSpace) -> None:
    page = opened(grey)
    page.go_to(item=2)
    assert "item=2" in page.url() and page.url().startswith(page.address)
    link = page.url(z=[1, 2, 3, 4], projection="z:0,1", color="digit")
    assert "z=1.0,2.0,3.0,4.0" in link and "projection=z:0,1" in link and "color=digit" in link and "item" not in link
    html = page._repr_html_()
    assert "<iframe" in html and 'height="640"' in html and page.url().replace("&", "&amp;") in html


def test_it_closes_twice_and_opens_again_at_the_same_address(opened: Opener, grey: LatentSpace) -> None:
    page = opened(grey)
    address, link = page.address, page.url()
    assert page.is_open and is_healthy(page) and f"open at {address}" in repr(page)
    page.go_to(item=4)
    page.close()
    page.close()
    assert not page.is_open and not is_healthy(page)
    assert "closed" in repr(page) and "<iframe" not in page._repr_html_()
    assert page.item == 4, "what was on show last is still known"
    assert page.open() is page and page.open().is_open
    assert is_healthy(page) and page.address == address
    assert parse_qs(urlsplit(page.url()).query)["report"] == parse_qs(urlsplit(link).query)["report"]
    assert page.space is grey


def test_a_port_somebody_took_meanwhile_is_left_to_him(opened: Opener, grey: LatentSpace) -> None:
    page = opened(grey)
    address = page.address
    page.close()
    with listen("127.0.0.1", urlsplit(address).port or 0):
        page.open()
        assert page.address != address and is_healthy(page)


def test_without_a_port_asked_for_the_usual_one_or_any_other_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with listen("127.0.0.1", 0) as free:
        monkeypatch.setattr("components.notebook.explorer.USUAL_PORT", free.getsockname()[1])
        with listen_nearby(None) as other:
            assert other.getsockname()[1] != free.getsockname()[1]
        with pytest.raises(InputError, match="another port"):
            listen_nearby(free.getsockname()[1])
        taken = free.getsockname()[1]
    with listen_nearby(None) as usual:
        assert usual.getsockname()[1] == taken


def test_two_at_once_know_nothing_of_each_other(opened: Opener, grey: LatentSpace, colour: LatentSpace) -> None:
    with opened(grey) as first, opened(colour) as second:
        assert first.address != second.address
        report(first, z=[1, 2, 3, 4])
        assert second.z is None
        second.go_to(item=1)
        assert first.item is None
    assert not first.is_open and not second.is_open


def test_closing_ends_its_workers(opened: Opener, grey: LatentSpace) -> None:
    others = set(multiprocessing.active_children())
    page = opened(grey)
    assert page._server is not None
    thread = page._server._thread
    page._server._jobs.warm_up()
    end = time.monotonic() + PATIENCE
    while len(mine := set(multiprocessing.active_children()) - others) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(mine) == 2
    page.close()
    assert not any(process.is_alive() for process in mine)
    assert thread is not None and not thread.is_alive()


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also in tests that were started in the background, where a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_script_serves_until_it_is_interrupted(
    opened: Opener, grey: LatentSpace, end: signal.Signals, capsys: pytest.CaptureFixture[str], heard: None
) -> None:
    page = opened(grey)
    before = signal.getsignal(signal.SIGTERM)
    healthy: list[bool] = []

    def interrupt() -> None:
        healthy.append(is_healthy(page))
        os.kill(os.getpid(), end)

    threading.Timer(0.3, interrupt).start()
    # Ctrl-C ends the serving, a service manager the program.
    with contextlib.nullcontext() if end == signal.SIGINT else pytest.raises(SystemExit):
        page.wait()
    assert healthy == [True] and not page.is_open and signal.getsignal(signal.SIGTERM) == before
    assert f"ready at {page.address}" in capsys.readouterr().out
    page.wait()


SCRIPT = """
import numpy, torch, urllib.request
from app import explore
from vae_core import VAE, VAEConfig
torch.manual_seed(0)
model = VAE(VAEConfig((1, 8, 8), 2, channels=(4,)))
images = numpy.random.default_rng(0).random((20, 8, 8))
page = explore(model, images, port=0, workspace={folder!r}, open_browser=False)
with urllib.request.urlopen(page.address + "health") as answer:
    print(answer.status)
page._server._jobs.warm_up()
print("after", page.is_open, flush=True)
"""


def test_at_a_prompt_it_returns_at_once_and_ends_quietly(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-i", "-c", SCRIPT.format(folder=str(tmp_path))],
        cwd=ROOT, input="", capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, ["200", "after", "True"]), done.stderr
    assert not [word for word in ("Traceback", "Error", "Exception", "Warning") if word in done.stderr]
