"""How the page's controls speak to the page's scripts."""

from __future__ import annotations

from dash import Dash, Input


def tell_page(app: Dash, name: str, *inputs: Input) -> None:
    """Call the script's handler `name` with the values of `inputs` whenever a person changes one.

    The handlers are listed in ``assets/page/controls.js``; until they are there, nothing is lost but the call.
    """
    app.clientside_callback(
        f"(...values) => {{ window.latentExplorer?.onControlChange({name!r}, values); }}",
        *inputs,
        prevent_initial_call=True,
    )
