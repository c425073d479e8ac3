"""The page's modules: found through the import map, kept by browsers, another address when they change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from dash import Dash, html

from components.server import page_scripts
from tests.components.conftest import ASSETS


def page_of(assets: Path, prefix: str = "/") -> tuple[Dash, str, str]:
    """A page with the modules of a folder: the application, what its import map leads to, and the map's hash."""
    app = Dash("page", assets_folder=str(assets), requests_pathname_prefix=prefix, routes_pathname_prefix=prefix)
    app.layout = html.Div()
    hashed = page_scripts.register(app, assets, prefix)
    found = app.server.test_client().get(prefix).get_data(as_text=True)
    return app, found, hashed


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    for name, text in {"a/one.js": "import './two.js'", "a/two.js": "", "b/three.js": "// 3"}.items():
        path = tmp_path / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "assets"


@pytest.mark.parametrize("prefix", ["/", "/proxy/8050/"])
def test_every_module_is_led_to_an_address_that_may_be_kept(assets: Path, prefix: str) -> None:
    app, page, _ = page_of(assets, prefix)
    text = re.search(r'<script type="importmap">(.*?)</script>', page)
    assert text is not None
    imports = json.loads(text[1])["imports"]
    assert set(imports) == {f"{prefix}assets/a/", f"{prefix}assets/b/"}
    client = app.server.test_client()
    preloaded = re.findall(r'<link rel="modulepreload" href="([^"]+)">', page)
    assert len(preloaded) == 3 and page.index("importmap") < page.index("modulepreload")
    for here, there in imports.items():
        folder = here.split("/")[-2]
        for path in (assets / folder).iterdir():
            assert there + path.name in preloaded
            with client.get(there + path.name) as answer:
                assert answer.status_code == 200 and answer.data == path.read_bytes()
                assert answer.mimetype == "text/javascript"
                kept = answer.headers["Cache-Control"]
                assert "immutable" in kept and "max-age=31536000" in kept
    assert client.get(imports[f"{prefix}assets/a/"] + "../../../app.py").status_code == 404
    assert client.get(f"{prefix}assets/0123456789abcdef/a/one.js").status_code == 404


def test_another_content_has_another_address_and_another_hash(assets: Path) -> None:
    before = page_of(assets)[2]
    assert page_of(assets)[2] == before
    (assets / "b" / "three.js").write_text("// 4")
    assert page_of(assets)[2] != before


def test_the_modules_of_the_house_all_have_one(tmp_path: Path) -> None:
    _, page, _ = page_of(ASSETS)
    for path in ASSETS.rglob("*.js"):
        assert path.relative_to(ASSETS).as_posix() in page
