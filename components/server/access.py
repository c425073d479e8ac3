"""Who may use the server: by which name it is called, from which page, and with which token."""

from __future__ import annotations

import hashlib
import html
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from components.api.encoding import MOST_NUMBERS
from vae_core import InputError

#: Fewest letters of a token that somebody chose.
SHORTEST_TOKEN = 8
#: Names of this machine that only programs on it can use.
LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: What every address but loopback is asked for.
_NEEDED = (
    "This server asks for its token: open the address it printed, or send the token as 'Authorization: Bearer TOKEN'."
)


@dataclass(frozen=True)
class Access:
    """Who is answered.

    Parameters
    ----------
    hosts : frozenset of str, optional
        Names by which the server may be called besides loopback; None admits every IP address too.
    token : str, optional
        What every visitor has to know; None lets in whoever reaches the server.

    Raises
    ------
    InputError
        If the token is shorter than `SHORTEST_TOKEN`, or holds letters that no address can carry.
    """

    hosts: frozenset[str] | None = frozenset()
    token: str | None = None

    def __post_init__(self) -> None:
        token = self.token
        if token is not None and (len(token) < SHORTEST_TOKEN or not (token.isascii() and token.isprintable())):
            raise InputError(f"A token has at least {SHORTEST_TOKEN} letters, digits or signs of ASCII.")

    def address(self, address: str) -> str:
        """Return the address of the page with the token it asks for."""
        return address if self.token is None else f"{address}?{urlencode({'token': self.token})}"


def new_token() -> str:
    """Return a token of 192 random bits."""
    return secrets.token_urlsafe(24)


def is_loopback(address: str) -> bool:
    """Whether an IP address is reached from this machine only."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def register(server: Flask, access: Access, prefix: str = "/") -> None:
    """Have every request checked before anything else looks at it.

    Parameters
    ----------
    server : Flask
        The server of the page.
    access : Access
        Who is answered.
    prefix : str
        Path prefix of the page. ``/health`` below it answers without a token.
    """
    root = prefix.rstrip("/")
    secret = None if access.token is None else _cookie_value(access.token)

    @server.before_request
    def check_caller() -> ResponseReturnValue | None:
        if not _host_allowed(request.host, access.hosts):
            return jsonify(error="This server does not answer to that host name; see --host."), 403
        if _from_another_site(root):
            return jsonify(error="Requests from pages of other sites are not answered."), 403
        if (request.content_length or 0) > 4 * MOST_NUMBERS:
            return jsonify(error="The body is too large."), 413
        if access.token is None or secret is None or request.path == f"{root}/health":
            return None
        return _check_token(access.token, secret, root)


def _check_token(token: str, secret: str, root: str) -> ResponseReturnValue | None:
    """Let in who shows the token, or the cookie that it was once exchanged for; ask all others for it."""
    api = _is_below_api(root)
    if _same(request.args.get("token", ""), token):
        return None if api or request.method != "GET" else _exchange(secret, root)
    if _same(request.cookies.get(_cookie_name(), ""), secret):
        return None
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() in ("bearer", "token") and _same(shown.strip(), token):
        return None
    if request.method == "GET" and not api and request.accept_mimetypes.accept_html and _is_navigation():
        return _asking_page("token" in request.args), 401
    return jsonify(error=_NEEDED), 401


def _exchange(secret: str, root: str) -> ResponseReturnValue:
    """Have the browser keep a cookie instead of the token, which leaves the address: people copy it."""
    rest = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "token"])
    # Two slashes at the beginning would name another host.
    path = "/" + request.path.lstrip("/")
    answer = redirect(f"{path}?{rest}" if rest else path)
    answer.set_cookie(_cookie_name(), secret, path=f"{root}/", httponly=True, samesite="Lax")
    return answer


def _same(shown: str, wanted: str) -> bool:
    return secrets.compare_digest(shown.encode(), wanted.encode())


def _cookie_value(token: str) -> str:
    """Return what a browser keeps instead of the token."""
    return hashlib.sha256(b"latent-explorer:" + token.encode()).hexdigest()


def _cookie_name() -> str:
    """Return a name for each port: cookies are shared by all servers of one host."""
    try:
        port = urlsplit(f"//{request.host}").port
    except ValueError:
        port = None
    return f"latent-explorer-{port or 80}"


def _is_navigation() -> bool:
    """Whether a browser is about to show the answer as a page; old ones do not tell."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _asking_page(wrong: bool) -> Response:
    """Return a page that asks for the token and comes back to the same address with it."""
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in request.args.items(multi=True)
        if name != "token"
    )
    told = "That is not the token of this server." if wrong else "The program that serves this page printed its token."
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Latent Explorer: token</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;"
        "margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem}"
        "form{display:flex;gap:.5rem}input[type=password]{flex:1;min-width:0}</style>"
        f"<h1>Latent Explorer</h1><p>{told}</p>"
        f'<form method="get">{kept}<input type="password" name="token" aria-label="Token" autocomplete="off" '
        "autofocus required><button>Open</button></form></html>"
    )
    return Response(body, mimetype="text/html")


def _host_allowed(host: str, hosts: frozenset[str] | None) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in LOOPBACK or (hosts is not None and name in hosts):
        return True
    if hosts is not None:
        return False
    if name == socket.gethostname().lower():
        return True
    try:
        # A page of another site can only reach this server by a name it controls, never by a bare address.
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _from_another_site(root: str) -> bool:
    """Whether a page of another site asks, other than by a link to the page.

    Programs name neither origin nor site. A browser names the origin with whatever may change something, and with
    Sec-Fetch-Site also with what only reads: a picture or script of another site's page, which would start work here.
    """
    if request.method not in ("GET", "HEAD", "OPTIONS") and _is_other_origin(request.headers.get("Origin")):
        return True
    if request.headers.get("Sec-Fetch-Site") not in ("cross-site", "same-site"):
        return False
    return not _is_navigation() or (_is_below_api(root) and request.headers.get("Sec-Fetch-Dest") != "document")


def _is_below_api(root: str) -> bool:
    return request.path == f"{root}/api" or request.path.startswith(f"{root}/api/")


def _is_other_origin(origin: str | None) -> bool:
    try:
        return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    except ValueError:
        return True
