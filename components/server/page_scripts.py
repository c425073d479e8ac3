"""The page's scripts, under an address that changes with what they hold: browsers need not ask for them again."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from dash import Dash
from flask import Response, send_from_directory
from markupsafe import escape

#: A year, in seconds.
_FOR_EVER = 31_536_000
_IN_HEAD = "{%metas%}"


def register(app: Dash, assets: Path, prefix: str) -> str:
    """Serve the modules under an address of their own, and have the page look for them there.

    They import one another by relative paths; an import map leads the first of these to the other address, and from
    there the relative paths stay in it. All are fetched at once: found one through the other they would take as many
    rounds as the imports are deep.

    Parameters
    ----------
    app : Dash
        The page; its template is changed.
    assets : Path
        Folder of the scripts.
    prefix : str
        Path prefix of every request.

    Returns
    -------
    str
        Hash of the inline import map, ``'sha256-…'``, for the content security policy.
    """
    names = sorted(path.relative_to(assets).as_posix() for path in assets.rglob("*.js"))
    content = hashlib.sha256()
    for name in names:
        content.update(name.encode() + b"\0" + (assets / name).read_bytes())
    version = content.hexdigest()[:16]
    here, there = f"{prefix}assets/", f"{prefix}assets/{version}/"

    def script(name: str) -> Response:
        answer = send_from_directory(assets, name, mimetype="text/javascript", max_age=_FOR_EVER)
        answer.cache_control.immutable = True
        return answer

    app.server.add_url_rule(f"{there}<path:name>", "page_script", script)
    folders = sorted({name.partition("/")[0] for name in names if "/" in name})
    moved = json.dumps({"imports": {f"{here}{folder}/": f"{there}{folder}/" for folder in folders}})
    links = "".join(f'<link rel="modulepreload" href="{escape(there + name)}">' for name in names)
    # The map comes before whatever loads a module.
    head = f'<script type="importmap">{moved}</script>{links}{_IN_HEAD}'
    app.index_string = app.index_string.replace(_IN_HEAD, head)
    return f"'sha256-{base64.b64encode(hashlib.sha256(moved.encode()).digest()).decode()}'"
