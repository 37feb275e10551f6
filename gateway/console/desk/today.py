"""Today: what came in, what became of it and why, what is due, what is amiss."""

from flask import Response

from gateway.console.desk.gate import page, shown


@page("GET", "", role="viewer")
def show() -> Response:
    """The first page."""
    return shown("today/show.html", here="today")
