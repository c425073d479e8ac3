from __future__ import annotations

from pathlib import Path

import pytest

from vae_core.errors import InputError
from vae_core.workspace import Workspace


def test_a_space_has_its_folder_and_nothing_is_made_before_a_write(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "deep" / "work")
    folder = workspace.space_folder("0123abcd")
    assert folder == tmp_path / "deep" / "work" / "spaces" / "0123abcd"
    assert list(tmp_path.iterdir()) == []


def test_the_default_is_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Workspace().root == tmp_path / "latent-explorer"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert Workspace().root == tmp_path / "local" / "latent-explorer"


@pytest.mark.parametrize("name", ["../up", "", "a/b", ".hidden", "a" * 200])
def test_a_fingerprint_is_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a space"):
        Workspace(tmp_path).space_folder(name)


def test_a_file_in_the_way_and_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        Workspace(tmp_path / "file" / "work")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(InputError, match="cannot be written to; name another with --workspace"):
        Workspace(tmp_path / "work")
