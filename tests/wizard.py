"""The upload wizard as a person walks through it, for tests: posts as its forms send them."""

import io
import re

STRANGE = (
    "Kontaktliste Frühjahr 2026;;;\r\n;;;\r\n"
    "E-Mail;Vorname;Größe;Vermerk am\r\n"
    + "".join(
        f"{name}@example.com;{first};{size};0{day}/04/2026\r\n"
        for name, first, size, day in (
            ("joerg.weiss", "Jörg", "groß", 3), ("zoe.muller", "Zoë", "mittel", 5),
            ("renee.dupont", "Renée", "klein", 7), ("bjorn.aas", "Bjørn", "groß", 9),
            ("not an address", "Käthe", "", 4),
        )
    )
).encode("cp1252")  # fmt: skip
"""Semicolons, cp1252, two title lines, days that may be months, and a row without an address."""
ANSWERS = {
    "name": "Spring leads", "method": "event", "collected.from": "2026-03-01", "collected.until": "2026-04-30",
    "consent.claimed": "none", "relationship": "marketing", "price.amount": "0.30", "price.currency": "USD",
    "country": "US",
}  # fmt: skip


def upload(someone, content, *, name="leads.csv", vendor="Meridian Leads"):
    """Drop a file; the answer."""
    data = {"whose": "vendor" if vendor else "ours", "vendor": vendor or "", "file": (io.BytesIO(content), name)}
    answer = someone.post("/desk/lists/new", data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # Werkzeug's test client forgets the file of a large body
    return answer


def draft_of(answer):
    """The number of the upload that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return int(re.fullmatch(r"/desk/lists/new/(\d+)/reading", answer.headers["Location"])[1])


def seen(someone, draft):
    """What the reading form says it showed."""
    return re.search(r'name="seen" value="([0-9a-f]+)"', someone.get(f"/desk/lists/new/{draft}/reading").text)[1]


def imported(someone, draft, **answers):
    """Answer and import; the path of the list that came of it."""
    path = f"/desk/lists/new/{draft}"
    said = {**ANSWERS, **answers}
    assert someone.post(f"{path}/questions", said).headers["Location"] == f"{path}/sample"
    answer = someone.post(f"{path}/import")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]
