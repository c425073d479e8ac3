"""Serving the page: the Dash application, connections, threads, who may come in."""
