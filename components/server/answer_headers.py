"""What every answer tells browsers: what its page may load and who may frame it; and what visitors never learn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, Response, request

from components.server.access import is_loopback

#: Who may show the page in a frame besides itself: notebooks, on another port of this machine, and editors.
FRAMES = ("http://localhost:*", "http://127.0.0.1:*", "vscode-webview:", "vscode-file:")


def register(server: Flask, inline_scripts: Sequence[str], private: Sequence[Path] = ()) -> None:
    """Add the headers to every answer, and take the paths of this machine out of errors for visitors of other machines.

    Parameters
    ----------
    server : Flask
        The server of the page.
    inline_scripts : sequence of str
        Hashes of the page's inline scripts, ``'sha256-…'``, as of ``Dash.csp_hashes``.
    private : sequence of Path
        Folders whose names only visitors of this machine may see.
    """
    framing = ("'self'", *FRAMES)
    policy = "; ".join(
        (
            "default-src 'self'",
            # Plotly compiles its WebGL drawing commands (regl) from text, which no policy without 'unsafe-eval' allows.
            f"script-src 'self' 'unsafe-eval' {' '.join(inline_scripts)}",
            # Plotly, Mantine and the cards' drawings set styles on elements.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(framing)}",
        )
    )
    hidden = [(json.dumps(str(folder))[1:-1].encode(), name) for folder, name in _by_length(private)]

    @server.after_request
    def add_headers(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", policy)
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        told = answer.mimetype == "application/json" and not answer.is_streamed
        if told and hidden and not is_loopback(request.remote_addr or ""):
            answer.set_data(_without(answer.get_data(), hidden))
        return answer


def _by_length(private: Sequence[Path]) -> list[tuple[Path, bytes]]:
    """Return folders, those inside others first, each with what is said in its place."""
    named = [(folder.expanduser().absolute(), b"\xe2\x80\xa6") for folder in private]
    return sorted(named, key=lambda pair: -len(str(pair[0])))


def _without(content: bytes, hidden: Sequence[tuple[bytes, bytes]]) -> bytes:
    for path, instead in hidden:
        content = content.replace(path, instead)
    return content
