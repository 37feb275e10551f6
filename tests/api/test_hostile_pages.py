"""The same 300 texts where they are shown again: mails, pages for people, receipts. The shape of each stays as it is.

A form's operator and the people who fill it in write what they like; what is compared is every tag with its attributes'
names, which a text can only change if it gets out of its place.
"""

from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from builders import key
from confirming import ASKING, links, outbox, post
from hostile import payloads

from gateway.domain.ports import is_brand
from gateway.domain.problem import CallerError
from gateway.intake.forms import Form
from gateway.person.links import leave_links

ALL = payloads()
PLAIN = "A plain text"
ACCEPTED = 202


class Shape(HTMLParser):
    """A page as its tags, each with the names of its attributes and where its links lead; line breaks apart."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            led = tuple(urlsplit(value or "").scheme for name, value in attrs if name in {"href", "src", "action"})
            self.found.append((tag, tuple(name for name, _ in attrs), led))


def said(web, number, text):
    """Everything that is shown of a form whose words are this text, and of a person who wrote it into each field."""
    form, address = f"lead{number}", f"p{number}@example.com"
    try:
        web.source(
            form, title=text, form=Form(fields=("email", "first_name")),
            statement=replace(ASKING, wording=text, brand=text if is_brand(text) else "Harbor"),
        )  # fmt: skip
    except CallerError:
        return None  # refused with a reason
    consent = {"wording": text, "page_url": text}
    if post(web, address, form, first_name=text, consent=consent, attributes={text: text}).status_code != ACCEPTED:
        return None
    mail = outbox(web)[-1]
    assert not set("\r\n") & set(mail.subject)
    confirm, not_me = links(mail)
    get, send = web.client.get, web.client.post
    pages = [mail.html, *(get(path).text for path in (confirm, not_me)), send(confirm).text]
    own = "/u/" + leave_links(web.services).token(key(address), web.leads()[-1].id)
    pages += [get(own).text, send(own, data={"choice": text}).text]
    pages += [get(f"/f/{form}", query_string={"email": text, "first_name": text}).text]
    pages += [send("/v1/signups", data={"email": f"{text} @", "source": form, "first_name": text}).text]
    return [Shape(page).found for page in pages]


@pytest.mark.parametrize("part", ["every tenth", pytest.param("all", marks=pytest.mark.slow)])
def test_no_text_gets_out_of_its_place(small_web, part):
    plain = said(small_web, 0, PLAIN)
    shown = 0
    for number, text in enumerate(ALL if part == "all" else ALL[::10], 1):
        found = said(small_web, number, text)
        if found is not None:
            shown += 1
            assert found == plain, text
    assert shown > number * 0.8, "nearly all of them are taken"
