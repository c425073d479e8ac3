"""``python -m vae_core report``: a space's folder in, one file out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.small_spaces import small_model
from vae_core import VAEConfig
from vae_core.__main__ import main
from vae_core.model import save_checkpoint
from vae_core.report import files as making


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an encoded space."""
    folder = tmp_path_factory.mktemp("report")
    save_checkpoint(small_model(VAEConfig((1, 8, 8), 3, channels=(4,), likelihood="gaussian")), folder / "model")
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    np.savez(folder / "set.npz", images=images, labels=np.arange(60) % 3)
    asked = ["encode", "--model", folder / "model", "--data", folder / "set.npz", "--workspace", folder / "workspace"]
    assert main([str(part) for part in asked]) == 0
    (found,) = (folder / "workspace" / "spaces").iterdir()
    return found


def test_one_file_is_written_and_its_answers_are_kept(
    space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", str(space), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    html = out.read_text(encoding="utf-8")
    assert "60 items of 1 × 8 × 8" in html and (space / "studies" / "collapse.npz").exists()
    monkeypatch.setattr(making, "report_html", lambda *_: pytest.fail("it is known already"))
    assert main(["report", str(space), "--out", str(tmp_path / "again.html")]) == 0
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == html


def test_an_interruption_leaves_no_file(space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    for kept in space.glob("studies/report-*.html"):
        kept.unlink()
    monkeypatch.setattr(making, "report_html", interrupted)
    assert main(["report", str(space), "--out", str(tmp_path / "report.html")]) == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "out", "sentence"),
    [
        ("nothing", "report.html", "not the folder of a space that knows its model"),
        ("SPACE", "report.pdf", "--out takes an .html file, not report.pdf"),
        ("SPACE", "nowhere/report.html", "its folder is not there"),
        ("SPACE", "folder.html", "it is a folder"),
    ],
)
def test_what_cannot_be_done_is_said(
    name: str, out: str, sentence: str, space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.html").mkdir()
    asked = ["report", str(space) if name == "SPACE" else str(tmp_path / name), "--out", str(tmp_path / out)]
    assert main(asked) == 2
    assert sentence in capsys.readouterr().err
