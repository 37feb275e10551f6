"""What the first visitor of the desk would wait for, loaded beforehand while nobody asks: templates, calendars, cases.

A template is compiled when it is first shown, and some libraries are imported when they are first asked. Together
that was longer than a page may take. The server does it beside its work, a little at a time, after its port is taken.
"""

import logging
import time
from datetime import date

from flask import Flask

from gateway.clocks.calendar import due_from
from gateway.console.desk.policies_cases import try_cases
from gateway.domain.deadline import Span

PAUSE = 0.005
"""Seconds between two steps: whoever asks for a page meanwhile goes first."""
_PLACES = ("desk/", "error.html")
_log = logging.getLogger(__name__)


def warm(app: Flask) -> int:
    """Load what pages of the desk need; how many templates were compiled. What fails here fails where it is asked."""
    found = 0
    try:
        for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(_PLACES)):
            app.jinja_env.get_template(name)
            found += 1
            time.sleep(PAUSE)
        due_from(Span(1, "business day"), date(2026, 1, 2), "US")  # imports all countries' holidays
        import joserfc.jws  # noqa: F401 - receipts of consent are read with it

        with app.app_context():
            try_cases()
    except Exception:  # noqa: BLE001 - nobody waits for it
        _log.warning("the desk could not be made ready beforehand: its first pages take longer", exc_info=True)
    return found
