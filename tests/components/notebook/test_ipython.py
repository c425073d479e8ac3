"""Notebook or not, told by the shell that is around; the example notebook runs in a real one."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from components.notebook import ipython as notebook
from components.notebook.explorer import Explorer


def around(monkeypatch: pytest.MonkeyPatch, shell: Any) -> list[dict[str, str]]:
    """Put a shell around what follows, and return what will be shown there."""
    shown: list[dict[str, str]] = []
    display = SimpleNamespace(display=lambda content, raw: shown.append(content))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return shown


def test_without_ipython_there_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not notebook.in_notebook() and notebook.current_cell() is None
    assert not notebook.in_session()
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert notebook.in_session()


def test_a_library_that_has_imported_ipython_makes_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    around(monkeypatch, None)
    assert not notebook.in_notebook() and not notebook.in_session()


def test_a_terminal_is_a_session_and_a_kernel_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    around(monkeypatch, SimpleNamespace(execution_count=3))
    assert notebook.in_session() and not notebook.in_notebook()
    shown = around(monkeypatch, SimpleNamespace(execution_count=3, kernel=object()))
    assert notebook.in_session() and notebook.in_notebook() and notebook.current_cell() == 3
    notebook.show_here({"text/plain": "here"})
    assert shown == [{"text/plain": "here"}]


def test_a_page_is_shown_once_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(execution_count=1, kernel=object())
    shown = around(monkeypatch, shell)
    page = Explorer.__new__(Explorer)
    page._shown_in = None
    monkeypatch.setattr(Explorer, "open", lambda self: self)
    monkeypatch.setattr(Explorer, "_repr_html_", lambda _: "<iframe>")
    monkeypatch.setattr(Explorer, "__repr__", lambda _: "page")
    page.show()
    page._ipython_display_()  # the last value of the same cell
    assert shown == [{"text/html": "<iframe>", "text/plain": "page"}]
    page._ipython_display_()  # asked for in so many words
    shell.execution_count = 2
    page._ipython_display_()
    page.show()
    assert len(shown) == 4
