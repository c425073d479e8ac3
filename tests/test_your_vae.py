"""Every example of YOUR_VAE.md, typed as it stands there."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

import app
from vae_core.__main__ import main

PAGE = Path(__file__).resolve().parents[1] / "YOUR_VAE.md"
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)


@pytest.mark.filterwarnings("ignore")
def test_every_example_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Any] = []

    def end(server: Any, space: Any) -> None:
        served.append(space)
        server.close()

    monkeypatch.setattr(app, "_serve", lambda server, _: end(server, next(iter(server.catalogue)).space()))
    monkeypatch.setattr("components.notebook.explorer.Explorer.wait", lambda page: end(page, page.space))
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "mine", raising=False)  # of another test in this process
    scope: dict[str, Any] = {"__name__": "example"}
    opened = 0
    for language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "python" and (name := re.match(r"# (\w+\.py)\n", text)):
            Path(name[1]).write_text(text)
        elif language == "python":
            # A shared memory of several examples, as in a notebook.
            exec(compile(text, str(PAGE), "exec"), scope)
        else:
            for line in text.splitlines():
                run(line, tmp_path)
        opened += text.count("explore(") + text.count("app.py")
        assert len(served) == opened, text
    sys.modules.pop("mine", None)
    assert [len(space) for space in served] == [1797] * 8 + [300] * 2
    assert [space.latent_dim for space in served] == [4, 4, 4, 4, 4, 4, 4, 4 * 4 * 4, 4, 4]
    assert [space.model.can.encode for space in served] == [True] * 8 + [False] * 2
    report = capsys.readouterr().out
    assert "mean,logvar" in report and "(found)" in report, "of inspect"


def run(text: str, folder: Path) -> None:
    """Run one command line of the page."""
    python, what, *rest = shlex.split(text)
    assert python == "python"
    arguments = [str(next(folder.glob(word), word)) if "*" in word else word for word in rest]
    if what == "app.py":
        assert app.main([*arguments, "--port", "0", "--workspace", str(folder / "workspace")]) == 0
    else:
        module, *others = arguments
        assert (what, module) == ("-m", "vae_core") and main(others) == 0
