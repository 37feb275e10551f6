"""What every page of the desk shares: the ways to the others, times in the reader's zone, numbers, languages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from gateway.console.desk.gate import may, signed_in
from gateway.domain.phrase import Phrase, phrase
from gateway.intake.http import services

LOCALE = Path(__file__).parent.parent / "locale"
NOTHING = "\N{EN DASH}"
LANGUAGES = ("en",)
"""Those the desk speaks. English stands in the templates; others are gettext catalogues under locale/."""


@dataclass(frozen=True, slots=True)
class Way:
    """A place in the desk's menu."""

    name: str  # as ``here`` of its pages
    label: str
    path: str
    icon: str  # of static/desk/icons.svg
    role: str = "viewer"


WAYS = (
    Way("today", "Today", "/desk", "today"),
    Way("holds", "Holds", "/desk/holds", "holds"),
    Way("wordings", "Wordings", "/desk/wordings", "wordings"),
    Way("leads", "Leads", "/desk/leads", "leads"),
    Way("lifecycle", "Lifecycle", "/desk/lifecycle", "lifecycle"),
    Way("overrides", "Overrides", "/desk/overrides", "overrides"),
    Way("lists", "Lists", "/desk/lists", "lists"),
    Way("vendors", "Vendors", "/desk/vendors", "vendors"),
    Way("numbers", "Numbers", "/desk/numbers", "numbers"),
    Way("recalls", "Recalls", "/desk/recalls", "recalls"),
    Way("policies", "Policies", "/desk/policies", "policies"),
    Way("ledger", "Ledger", "/desk/ledger", "ledger"),
    Way("settings", "Settings", "/desk/settings", "settings"),
)


def install(app: Flask) -> None:
    """Give the templates what they share."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        lambda text: _words(language()).gettext(text),
        lambda one, many, count: _words(language()).ngettext(one, many, count), newstyle=True,
    )  # fmt: skip
    app.jinja_env.globals["ngettext"] = _grouped(cast("Callable[..., str]", app.jinja_env.globals["ngettext"]))
    app.jinja_env.filters.update(when=when, day=day, date_in_words=date_in_words, number=number, share=share,
                                up_to=up_to)  # fmt: skip
    app.jinja_env.globals.update(desk_ways=ways, desk_person=signed_in, may=may, zone_name=zone_name, desk_demo=is_demo)
    app.jinja_env.globals.update(desk_language=language, translated=translated)


def _grouped(ngettext: Callable[..., str]) -> Callable[..., str]:
    """The same, its ``%(num)s`` written as every number is: 12,345."""

    @pass_context
    def counted(context: Context, one: str, many: str, count: int, /, **values: Any) -> str:
        return ngettext(context, one, many, count, **{"num": number(count), **values})

    return counted


def ways() -> list[Way]:
    """The places that the person may go to and that exist."""
    return [way for way in WAYS if may(way.role)]


def language() -> str:
    """The language of the page: the first the browser asks for that the desk speaks."""
    return request.accept_languages.best_match(LANGUAGES) or "en"


def translated(text: str, **values: Any) -> str:
    """A text that the template does not hold itself, in the page's language; escaped, as what ``_`` gives is not."""
    bare = text
    if isinstance(text, Phrase):
        bare, values = text.text, values or text.values
    told = _words(language()).gettext(bare)
    if not values:
        return told
    return told % {name: translated(one) if isinstance(one, Phrase) else one for name, one in values.items()}


@cache
def _words(code: str) -> NullTranslations:
    return translation("desk", LOCALE, [code], fallback=True)


def is_demo() -> bool:
    """Whether all people here are made up."""
    return services().settings.demo


def zone_name() -> str:
    """The zone that times are shown in: the person's, else the gateway's."""
    person = signed_in()
    return (person.zone if person else None) or services().settings.zone


def when(instant: datetime | str | None) -> str:
    """An instant in the reader's zone, its UTC on hover and for machines."""
    return _shown(instant, "%-d %b %Y, %H:%M")


def day(instant: datetime | str | None) -> str:
    """The day of an instant, as its clock and calendar have it where the reader is."""
    return _shown(instant, "%-d %b %Y")


def _shown(instant: datetime | str | None, pattern: str) -> str:
    if instant is None:
        return NOTHING
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    local, utc = at.astimezone(ZoneInfo(zone_name())), at.astimezone(UTC)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        utc.isoformat(timespec="seconds"), utc.strftime("%Y-%m-%d %H:%M:%S"), local.strftime(pattern)
    )


def date_in_words(on: date) -> str:
    """A day of the calendar, which is the same in every zone: 21 Nov 2026."""
    return f"{on:%-d %b %Y}"


def number(count: Any) -> str:
    """12,345."""
    return f"{count:,}"


def up_to(count: int, most: int) -> str:
    """12,345; or that there are more than were counted."""
    return number(count) if count <= most else translated(phrase("more than %(num)s", num=number(most)))


def share(part: float, whole: float) -> str:
    """A part of a whole in per cent, as one reads it."""
    if not whole:
        return NOTHING
    percent = 100 * part / whole
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.1f} %"  # noqa: PLR2004 - two digits
