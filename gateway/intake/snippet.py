"""What a website's owner copies: the script's snippet, and the plain form that needs none."""

from collections.abc import Sequence
from html import escape

from gateway.intake.formpage import KINDS, purpose_label
from gateway.intake.forms import Source
from gateway.intake.languages import choose_language, direction, words
from gateway.intake.notices import Notice, choose_notice


def script_snippet(source: Source, home: str, language: str | None = None) -> str:
    """The two lines that put the form on a page; where no script runs, a link to the form's own page is left.

    ``home``: our own address, without a slash at its end.
    """
    says = words(choose_language(language or source.statement.language or "en"))
    chosen = f' data-language="{escape(language)}"' if language else ""
    return (
        f'<div data-gateway-form="{source.key}"{chosen}><a href="{escape(home)}/f/{source.key}">{escape(says["send"])}'
        f'</a></div>\n<script src="{escape(home)}/forms/{source.key}.js" async></script>\n'
    )


def plain_form(source: Source, notices: Sequence[Notice], home: str, language: str | None = None) -> str:
    """The form as plain HTML, which works without any script of ours."""
    wanted = language or source.statement.language or "en"
    tag = choose_language(wanted)
    says, notice = words(tag), choose_notice(notices, wanted, source.statement.language)
    lines = [
        f'<form action="{escape(home)}/v1/signups" method="post" lang="{tag}" dir="{direction(tag)}">',
        f'  <input type="hidden" name="source" value="{source.key}">',
        f'  <input type="hidden" name="_language" value="{tag}">',
    ]
    for name in source.form.fields:
        kind, autocomplete = KINDS[name]
        needed = " required" if name in source.form.needed else ""
        lines.append(
            f'  <p><label for="gw-{name}">{escape(says[f"field_{name}"])}</label> <input id="gw-{name}" name="{name}" '
            f'type="{kind}" autocomplete="{autocomplete}"{needed}></p>'
        )
    lines += [
        f'  <p><label><input type="checkbox" name="consent_purposes" value="{escape(one)}"> '
        f"{escape(purpose_label(one))}</label></p>"
        for one in source.form.purposes
    ]
    if source.has_box:
        lines += _box(notice, says["agree"])
    lines += [
        '  <p hidden aria-hidden="true"><input name="_gotcha" tabindex="-1" autocomplete="off"></p>',
        f"  <button>{escape(says['send'])}</button>",
        "</form>",
    ]
    return "\n".join(lines) + "\n"


def _box(notice: Notice | None, otherwise: str) -> list[str]:
    text = notice.text if notice else otherwise
    named = ("consent_notice", notice.digest) if notice else ("consent_wording", text)
    return [
        '  <input type="hidden" name="consent_preticked" value="0">',
        f'  <input type="hidden" name="{named[0]}" value="{escape(named[1])}">',
        f'  <p><label><input type="checkbox" name="consent_ticked" value="yes"> {escape(text)}</label></p>',
    ]
