"""A running explorer and a real browser for the tests in this folder.

def test_something(page, server):
    open_page(page, server + "/?projection=umap")     # from tests.browser.pages
    page.expected_errors.append("status of 404")      # only where the test provokes an error
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.find_chromium import find
from tests.browser.pages import CHROMIUM_ARGUMENTS, Watch, be_patient
from tests.browser.serving import serve


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that ``-m "not browser"`` leaves them out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an explorer on the shipped demos, without a trailing slash."""
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running.url
        output = running.output()
    assert "Traceback (most recent call last)" not in output, f"the server met an exception:\n{output}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opener(browser: Browser, server: str) -> Iterator[Page]:
    """A page that opens all others: what it opens shares its process, where the scripts are compiled already."""
    context = be_patient(browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True))
    opener = context.new_page()
    opener.goto(f"{server}/health")
    yield opener
    context.close()


def _forget(opener: Page, addresses: set[str]) -> None:
    """Empty the browser's storage of `addresses`; another server may have one of them next, with other pictures."""
    session = opener.context.new_cdp_session(opener)
    for address in addresses:
        session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "local_storage"})
    if len(addresses) > 1:
        session.send("Network.clearBrowserCache")
    session.detach()


@pytest.fixture
def page(opener: Page) -> Iterator[Page]:
    """An empty page of 1280 × 720; nothing that another test left in the browser's storage is there.

    The test fails in the end when the page logged an error, threw an exception or asked another
    host for something, unless a regular expression in ``page.expected_errors`` matches it.
    """
    context = opener.context
    watch = Watch(context)
    with opener.expect_popup() as opened:
        opener.evaluate("void open('about:blank', '_blank')")
    page = opened.value
    expected: list[str] = []
    page.expected_errors = expected  # type: ignore[attr-defined]
    yield page
    context.unroute_all()
    left = [one for one in context.pages if one is not opener]
    addresses = {urlsplit(one.url)._replace(path="", query="", fragment="").geturl() for one in [opener, *left]}
    for one in left:
        one.close()
    _forget(opener, {address for address in addresses if address.startswith("http")})
    watch.stop()
    problems = watch.unexpected(expected)
    assert not problems, "the page met:\n" + "\n".join(problems)
