"""Settings: a form made, changed and copied; the reference list loaded; no secret shown; our mails read."""

from dataclasses import replace
from io import BytesIO

import pytest
from confirming import ASKING, outbox, post
from desk import sign_in
from web import app_of

from gateway.ledger.tables import entries

NEW = {
    "key": "news", "title": "The Harbour Letter", "wording": "Yes, send it to me.", "language": "en",
    "published": "yes", "requires_tick": "yes", "origins": "https://www.example.com\nhttps://shop.example.com",
    "purposes": "news\noffers", "fields": ["first_name"], "needed": [], "asks_confirmation": "yes",
    "keep_ip": "truncated", "proof": "auto", "least_seconds": "3", "most_an_hour": "500", "mails_an_hour": "100",
    "url": "", "brand": "", "received_url": "", "problems_url": "",
}  # fmt: skip


def kinds(site):
    with site.services.engine.connect() as connection:
        return [(row.kind, row.body) for row in connection.execute(entries.select().order_by(entries.c.seq))]


def test_a_form_is_made_copied_and_changed(site):
    boss = sign_in(site, "administrator")
    made = boss.post("/desk/settings/sources/new", NEW)
    assert (made.status_code, made.headers["Location"]) == (303, "/desk/settings/sources/news")
    page = boss.get("/desk/settings/sources/news").text
    assert "data-gateway-form=&#34;news&#34;" in page
    assert "https://www.example.com, https://shop.example.com" in page
    assert "500 signups, 100 mails" in page
    assert ("source.created", f'{{"by":"person_{boss.number}","source":"news"}}') in kinds(site)

    changed = boss.post(
        "/desk/settings/sources/news/change", {**NEW, "title": "Letter of the harbour", "published": ""}
    )
    assert changed.status_code == 303
    page = boss.get("/desk/settings/sources/news").text
    assert "Letter of the harbour" in page
    assert "strangers may not post to it yet" in page
    assert "The Harbour Letter" not in page

    boss.post("/desk/settings/sources/news/notices", {"language": "de", "text": "Ja, schickt ihn mir."})
    assert "Ja, schickt ihn mir." in boss.get("/desk/settings/sources/news").text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("key", "Not a key!", "use 1 to 64 of a-z"),
        ("key", "demo", "there is a source"),
        ("title", "", "longer than is taken"),
        ("origins", "example.com", "write an origin as https://www.example.com"),
        ("received_url", "javascript:alert(1)", "write a whole address"),
        ("least_seconds", "soon", "expected a whole number"),
        ("most_an_hour", "-3", "expected a whole number"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(site, name, value, says):
    boss = sign_in(site, "administrator")
    before = kinds(site)
    answer = boss.post("/desk/settings/sources/new", {**NEW, name: value})
    assert answer.status_code == 422
    assert says in answer.text or (name == "title" and "Nothing was changed" in answer.text)
    assert "Yes, send it to me." in answer.text
    assert kinds(site) == before


def test_a_reference_list_is_loaded_from_a_file(site):
    boss = sign_in(site, "administrator")
    assert "never loaded" in boss.get("/desk/settings").text
    answer = boss.post(
        "/desk/settings/reference", {"file": (BytesIO(b"vtext.com\ntxt.att.net\n"), "list.txt")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 303
    page = boss.get("/desk/settings").text
    assert "2 domains, loaded" in page
    assert "current" in page
    assert "reference.loaded" in [kind for kind, _ in kinds(site)]
    for bad in (b"", b"\xff\xfe\x00", b"not a domain!\n"):
        wrong = boss.post("/desk/settings/reference", {"file": (BytesIO(bad), "x")}, content_type="multipart/form-data")
        assert wrong.status_code == 422
        assert "Nothing was changed." in wrong.text


def test_no_secret_is_shown(site):
    secret = "smtp://user:hunter2@mail.example.com"
    settings = replace(site.services.settings, smtp_url=secret, database_url="postgresql://u:hunter2@h/db")
    hidden = replace(site, app=app_of(replace(site.services, settings=settings)))
    page = sign_in(hidden, "administrator").get("/desk/settings").text
    assert "GATEWAY_SMTP_URL" in page
    assert "hunter2" not in page
    assert settings.secret_key not in page
    assert "GATEWAY_SMTP_URL" not in sign_in(hidden, "officer").get("/desk/settings").text


def test_what_is_not_there_is_not_found(site):
    boss = sign_in(site, "administrator")
    assert boss.get("/desk/settings/sources/nothing").status_code == 404
    assert boss.get("/desk/settings/mails/99").status_code == 404
    assert boss.post("/desk/settings/sources/nothing/change", NEW).status_code == 404


def test_our_mails_are_read_here_by_officers_and_their_links_are_not_made_to_be_pressed(site):
    site.source("asks", statement=ASKING)
    assert post(site).status_code == 202
    [mail] = outbox(site)
    officer = sign_in(site, "officer")
    assert "ana@example.com" in officer.get("/desk/settings/mails").text
    page = officer.get(f"/desk/settings/mails/{mail.id}").text
    assert "/confirm/" in page
    assert 'href="http://127.0.0.1:8000/confirm' not in page
    assert sign_in(site, "uploader").get("/desk/settings/mails").status_code == 403
