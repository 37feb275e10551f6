"""The confirmation mail: text and HTML in the person's language, without a word from whoever filled the form in."""

from datetime import date
from functools import lru_cache
from html import escape
from typing import NamedTuple

from gateway.confirmation.words import words


class Letter(NamedTuple):
    """A mail's words."""

    subject: str
    text: str
    html: str


def write_letter(
    language: str, *, title: str, wording: str | None, confirm_url: str, not_me_url: str, until: date, sender: str
) -> Letter:  # fmt: skip
    """``wording``: the form's own notice as it was shown, or nothing. ``sender``: our name and postal address."""
    blank = _blank(language, title, wording, until, sender)
    return Letter(
        blank.subject,
        blank.text.replace(_CONFIRM, confirm_url).replace(_NOT_ME, not_me_url),
        blank.html.replace(_CONFIRM, escape(confirm_url)).replace(_NOT_ME, escape(not_me_url)),
    )


@lru_cache(maxsize=64)  # the mails of a form and a day differ in their two links
def _blank(language: str, title: str, wording: str | None, until: date, sender: str) -> Letter:
    """The mail with a mark for each of its two links."""
    said = words(language)
    form = " ".join(title.split())
    deadline = said["until"].format(day=until.isoformat())
    agreed = [said["agreed"], wording.strip()] if wording else []
    parts = [
        said["intro"], form, *agreed, said["ask"], _CONFIRM, deadline, said["not_me"], _NOT_ME,
        *([f"-- \n{sender}"] if sender else []),
    ]  # fmt: skip
    return Letter(
        subject=said["subject"].format(title=form),
        text="\n\n".join(parts) + "\n",
        html=_PAGE.format(
            language=escape(language), dir=said["dir"], subject=escape(said["subject"].format(title=form)),
            intro=escape(said["intro"]), title=escape(form),
            agreed=f"<p>{escape(agreed[0])}</p>\n{_QUOTE}{_lines(agreed[1])}</blockquote>\n" if agreed else "",
            ask=escape(said["ask"]), url=_CONFIRM, confirm=escape(said["confirm"]),
            until=escape(deadline), not_me=escape(said["not_me"]), not_me_url=_NOT_ME,
            not_me_link=escape(said["not_me_link"]),
            sender=f'<p dir="auto">{_lines(sender)}</p>\n' if sender else "",
        ),
    )  # fmt: skip


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


_CONFIRM, _NOT_ME = "\0confirm\0", "\0not me\0"  # no database keeps a NUL, so no title or notice has one
_QUOTE = '<blockquote dir="auto" style="margin: 0 0 16px; padding: 2px 14px; border-inline-start: 4px solid #0b5c63">'
_PAGE = """\
<!doctype html>
<html lang="{language}" dir="{dir}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{subject}</title></head>
<body style="margin: 0; padding: 24px 16px">
<main style="max-width: 34em; margin: 0 auto; font: 16px/1.55 sans-serif">
<p>{intro}</p>
<h1 style="font-size: 20px; line-height: 1.3"><bdi>{title}</bdi></h1>
{agreed}<p>{ask}</p>
<p style="margin: 24px 0"><a href="{url}" style="display: inline-block; padding: 12px 24px; border-radius: 8px;
background: #0b5c63; color: #ffffff; font-weight: bold; text-decoration: none">{confirm}</a></p>
<p>{until}</p>
<p style="margin-top: 32px">{not_me} <a href="{not_me_url}">{not_me_link}</a></p>
{sender}</main>
</body>
</html>
"""
