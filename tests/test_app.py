"""The program: what it serves, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import app
from components.server.http import listen
from tests.patience import PATIENCE
from vae_core import VAE, InputError, VAEConfig, load_data, load_model
from vae_core.__main__ import main
from vae_core.model import save_checkpoint
from vae_core.opening.spaces import reopen

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A checkpoint and its data set."""
    folder = tmp_path_factory.mktemp("app")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_checkpoint(VAE(VAEConfig((1, 8, 8), 3, channels=(4,))), folder / "my model")
    np.savez(folder / "set.npz", images=np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8))
    np.savez(folder / "wide.npz", images=np.zeros((4, 9, 9), np.uint8))
    return str(folder / "my model"), str(folder / "set.npz")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def program(*arguments: object, cwd: Path = ROOT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip


def get(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        assert answer.status == 200
        return json.loads(answer.read())


def lines(text: str) -> list[str]:
    """What stays on a terminal of a text in which progress bars have come and gone."""
    kept = [line.rsplit("\r", 1)[-1].strip() for line in text.split("\n")]
    return [line for line in kept if line and not re.search(r"\d+(item|step)|item/s", line)]


def test_the_program_serves_a_model_and_its_data_from_any_folder(trained: tuple[str, str], tmp_path: Path) -> None:
    process = program("--model", trained[0], "--data", trained[1], "--port", 0, "--workspace", "kept", cwd=tmp_path)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", ready)
        assert found, ready
        assert get(found[0] + "health") == {"status": "ok"}
        (space,) = get(found[0] + "api/spaces")
        assert space["count"] == 40 and space["image_shape"] == [8, 8, 1]
        assert re.fullmatch(r"my-model-[0-9a-f]{6}", space["id"]) and space["name"].startswith("my model")
        assert (tmp_path / "kept" / "spaces").is_dir()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and "Traceback" not in told
    finally:
        process.kill()
        process.communicate()


def test_an_address_that_others_reach_asks_for_a_token(trained: tuple[str, str], tmp_path: Path) -> None:
    process = program("--model", trained[0], "--data", trained[1], "--port", 0, "--host", "0.0.0.0", cwd=tmp_path)
    try:
        assert process.stdout is not None
        ready, from_afar = process.stdout.readline(), process.stdout.readline()
        here = re.search(r"(http://127\.0\.0\.1:\d+/)\?token=(\S{32,})", ready)
        assert here and here[2] in from_afar and socket.gethostname() in from_afar
        assert get(here[1] + "health") == {"status": "ok"}
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(here[1] + "api/spaces")
        assert len(get(f"{here[1]}api/spaces?token={here[2]}")) == 1
    finally:
        process.kill()
        process.communicate()


def test_a_missing_model_ends_the_program_with_one_line(tmp_path: Path) -> None:
    process = program("--model", tmp_path / "none", "--data", "digits", "--port", 0)
    out, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and out == ""
    assert len(told.splitlines()) == 1 and "none: not found" in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"--data": "wide.npz"}, "(1, 9, 9)"),
        ({"--data": "none.npz"}, "none.npz"),
        ({"--model": None}, "--data and --samples need a --model"),
        ({"--samples": "9"}, "--samples is the number of prior samples"),
        ({"--data": None, "--samples": "0"}, "from 1 on"),
        ({"--port": "70000"}, "70000 is not a port"),
        ({"--port": "-1"}, "-1 is not a port"),
        ({"--host": "256.0.0.1"}, "256.0.0.1"),
        ({"--host": "x" * 300}, "cannot be used"),
        ({"--token": "short"}, "at least 8"),
        ({"--token": "long-enough", "--no-token": ""}, "exclude each other"),
        ({"--workspace": "set.npz"}, "set.npz is a file"),
        ({"--device": "abacus"}, "abacus"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    trained: tuple[str, str], options: dict[str, str | None], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = Path(trained[1]).parent
    given: dict[str, str | None] = {"--model": trained[0], "--data": trained[1], "--port": "0", **options}
    arguments = [
        part
        for name, value in given.items()
        if value is not None
        for part in (name, str(beside / value) if value.endswith(".npz") else value)
        if part
    ]
    assert app.main(arguments) == 2
    told = capsys.readouterr()
    (line,) = lines(told.err)
    assert told.out == "" and words in line and line.startswith("latent-explorer: ") and line.endswith(".")


def test_a_port_in_use_is_said_before_anything_is_loaded(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--port", str(taken)]) == 2
    assert f"Port {taken}" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unwritable to root")
def test_a_workspace_that_cannot_be_written(
    trained: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)
    try:
        given = ["--model", trained[0], "--data", trained[1], "--port", "0", "--workspace", str(tmp_path / "w")]
        assert app.main(given) == 2
    finally:
        tmp_path.chmod(0o700)
    assert "cannot be written" in capsys.readouterr().err


def test_numbers_that_are_none_are_refused_by_the_parser(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        app.main(["--port", "http"])
    assert end.value.code == 2 and "http" in capsys.readouterr().err


def test_explore_leaves_no_port_taken_when_it_fails(trained: tuple[str, str], workspace_folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wide = str(Path(trained[1]).with_name("wide.npz"))
    with pytest.raises(InputError, match="9"):
        app.explore(trained[0], wide, port=port, workspace=workspace_folder, open_browser=False, block=False)
    listen("127.0.0.1", port).close()


def test_explore_serves_objects_in_memory(trained: tuple[str, str], workspace_folder: Path) -> None:
    model, data = load_model(trained[0]), load_data(trained[1])
    page = app.explore(model, data, port=0, workspace=workspace_folder, open_browser=False, block=False)
    address = page.address
    assert get(address + "health") == {"status": "ok"}
    (space,) = get(address + "api/spaces")
    assert space["count"] == 40 and space["name"] == data.name
    request = urllib.request.Request(f"{address}api/spaces/{space['id']}/decode", data=bytes(12))
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.headers["X-Shape"] == "1,8,8,1" and len(answer.read()) == 64
    page.close()


def test_explore_takes_what_is_said_of_the_data(
    trained: tuple[str, str], workspace_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = str(Path(trained[1]).with_name("wide.npz"))
    settings = {"port": 0, "workspace": workspace_folder, "open_browser": False, "block": False}
    for model in (trained[0], load_model(trained[0])):
        page = app.explore(model, wide, fit="resize", **settings)  # type: ignore[arg-type]
        (space,) = get(page.address + "api/spaces")
        assert space["image_shape"] == [8, 8, 1]
        assert "Note: Fitted 9 × 9 grey to 8 × 8 grey by resizing." in capsys.readouterr().err
        page.close()
    with pytest.raises(InputError, match="fit: is for data that are opened by name or path"):
        app.explore(trained[0], np.zeros((4, 9, 9), np.uint8), fit="resize", block=False)


@pytest.mark.parametrize(("session", "block", "waits"), [(False, None, True), (True, None, False), (True, True, True)])
def test_explore_waits_in_a_script_and_shows_the_page(
    trained: tuple[str, str],
    workspace_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    session: bool,
    block: bool | None,
    waits: bool,
) -> None:
    done: list[str] = []
    monkeypatch.setattr("components.notebook.ipython.in_session", lambda: session)
    monkeypatch.setattr("components.notebook.explorer.Explorer.show", lambda _: done.append("shown"))
    monkeypatch.setattr("components.notebook.explorer.Explorer.wait", lambda _: done.append("waited"))
    with app.explore(*trained, port=0, workspace=workspace_folder, block=block, height=500) as page:
        assert done == ["shown", "waited"][: 1 + waits] and page.height == 500


@pytest.mark.parametrize(
    ("model", "data", "told"),
    [
        (object(), np.zeros((3, 1, 8, 8)), "no encode and decode"),
        (object(), "digits", "no encode and decode"),
        (object(), [np.zeros(3), np.zeros(4)], "one shape"),
        (object(), object(), "Python objects"),
    ],
)
def test_explore_says_what_it_takes(model: object, data: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        app.explore(model, data, block=False)


def test_models_are_named_so_that_they_can_be_told_apart(tmp_path: Path) -> None:
    paths = [str(tmp_path / "a" / "run"), str(tmp_path / "b" / "run")]
    assert app.model_names(paths) == ["a/run", "b/run"]
    assert app.model_names([str(tmp_path / "a" / "run"), str(tmp_path / "b" / "walk")]) == ["run", "walk"]
    assert app.model_names([str(tmp_path / "today" / "final_model")]) == ["today"]
    assert app.model_names([f"{tmp_path}/encoder.onnx,{tmp_path}/decoder.onnx"]) == ["encoder.onnx"]


def test_models_and_data_sets_must_go_together(trained: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    two = ["--model", trained[0], "--data", trained[1], "--data", trained[1], "--port", "0"]
    assert app.main(two) == 2
    assert "1 models and 2 data sets" in capsys.readouterr().err


def test_one_model_on_its_data_beside_a_decoder_alone(
    trained: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Any] = []
    made = app._catalogue

    def ended_once_opened(*given: Any) -> None:
        served.extend(made(*given))
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_catalogue", ended_once_opened)
    model, data = trained
    two = ["--model", model, "--model", model, "--data", data, "--data", "none", "--samples", "25"]
    assert app.main([*two, "--port", "0", "--workspace", str(tmp_path)]) == 130
    whole, alone = served
    assert whole.title.endswith("set") and alone.title.endswith("25 prior samples")
    assert whole.space().model.can.encode and not alone.space().model.can.encode
    assert [len(entry.space()) for entry in served] == [40, 25]
    folder = str(alone.space().folder)
    again = reopen(folder)
    assert len(again) == 25 and again.fingerprint == alone.space().fingerprint
    assert main(["place", "--space", folder, "--data", data]) == 2
    assert "is a space of prior samples" in capsys.readouterr().err
    with app.explore(
        load_model(model), samples=30, port=0, workspace=tmp_path, open_browser=False, block=False
    ) as page:
        (space,) = get(page.address + "api/spaces")
        assert (space["count"], space["name"]) == (30, "30 prior samples")
    with pytest.raises(InputError, match="there is none"):
        app.explore(load_model(model), labels=[1, 2], port=0, open_browser=False)
