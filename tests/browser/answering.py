"""Answers in the server's place, and answers that come late."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route


def intercept(page: Page, pattern: re.Pattern[str], answer: Callable[[Route], object]) -> None:
    """Give the answers to requests whose address has a regular expression in it, from the very next one on.

    What a page that is open asks for just after ``page.route`` still goes past it now and then, so wait until
    something does not.
    """
    page.route(pattern, answer)
    is_intercepted = re.compile(r"/health\?intercepted")
    page.route(is_intercepted, lambda route: route.fulfill(status=204))
    page.evaluate("async () => { while ((await fetch('health?intercepted')).status !== 204); }")
    page.unroute(is_intercepted)


def lose_server(page: Page) -> None:
    """Let nothing reach the server until ``page.unroute_all()``."""
    intercept(page, re.compile(""), lambda route: route.abort("connectionrefused"))


def hold(page: Page, pattern: str) -> list[Route]:
    """Hold back requests whose address has a regular expression in it, and return the list they gather in."""
    held: list[Route] = []
    intercept(page, re.compile(pattern), lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    return held


def release(page: Page, held: list[Route]) -> None:
    """Let requests held back go to the server, one after the other, and wait until the page has heard of each."""
    page.wait_for_function("true")  # what was asked for just now is among them
    for route in held:
        with page.expect_event("requestfinished", lambda request, route=route: request == route.request):
            route.continue_()
        page.evaluate("url => fetch(url).then((answer) => answer.text())", "health")
    page.unroute_all()
