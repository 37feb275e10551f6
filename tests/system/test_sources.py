"""Forms made from the command line: what they state of their leads, and what is refused."""

import json

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.domain.lead import Statement
from gateway.intake.forms import find_source

SAYS = """\
notice: {wording: "Oui.", language: fr, form_capture: forms/news.png, request_parts: [purpose, names]}
legal_basis: consent
audience: general
country: FR
"""


def stated(house, key):
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    try:
        with reading(engine) as connection:
            return find_source(connection, key).statement
    finally:
        engine.dispose()


def test_a_form_states_what_its_file_says_and_options_go_before(house, tmp_path):
    file = tmp_path / "news.yaml"
    file.write_text(SAYS, encoding="utf-8")
    house.run("sources", "add", "news", "--title", "News", "--says", file, "--url", "https://www.example.com/news")
    expected = Statement(
        direct=True, method="form", form_url="https://www.example.com/news", wording="Oui.", language="fr",
        consent_act="unticked_box", relationship="marketing", legal_basis="consent", audience="general", country="FR",
        form_capture="forms/news.png", request_parts=frozenset({"purpose", "names"}),
    )  # fmt: skip
    assert stated(house, "news") == expected
    house.run("sources", "add", "more", "--title", "More", "--says", file, "--wording", "Yes.", "--language", "en")
    assert (stated(house, "more").wording, stated(house, "more").language) == ("Yes.", "en")
    says = file.with_name("asks.yaml")
    says.write_text("asks_confirmation: true\n", encoding="utf-8")
    house.run("sources", "add", "asks", "--title", "Asks", "--says", says)
    house.run("sources", "add", "does-not", "--title", "Not", "--says", says, "--no-confirm")
    house.run("sources", "add", "does", "--title", "Does", "--confirm")
    said = [stated(house, key).asks_confirmation for key in ("asks", "does-not", "does", "more")]
    assert said == [True, False, True, None]
    house.run("sources", "add", "plain", "--title", "Plain")
    assert stated(house, "plain") == Statement(
        direct=True, method="form", language="en", consent_act="unticked_box", relationship="marketing"
    )


def test_what_is_wrong_with_the_file_is_told_all_at_once_and_nothing_is_made(house, tmp_path):
    file = tmp_path / "news.yaml"
    file.write_text("vendor: A\naudience: kids\n", encoding="utf-8")
    told = json.loads(house.run("sources", "add", "news", "--title", "News", "--says", file, "--json", check=2))
    assert [(problem["line"], problem["code"]) for problem in told["problems"]] == [
        (1, "unknown_key"), (2, "not_a_choice"),
    ]  # fmt: skip
    assert house.json("sources")["sources"] == []


def test_a_form_is_shown_changed_given_notices_and_a_snippet(house):
    house.run("sources", "add", "news", "--title", "News", "--wording", "Yes.", "--field", "email",
              "--field", "country", "--purpose", "offers", "--keep-ip", "none", "--most-an-hour", "50")  # fmt: skip
    told = house.json("sources", "show", "news")
    assert (told["fields"], told["purposes"], told["keep_ip"], told["most_an_hour"]) == (
        ["email", "country"], ["offers"], "none", 50,
    )  # fmt: skip
    house.run(
        "sources", "set", "news", "--brand", "Harbour", "--origin", "https://www.example.com", "--wording", "Yes!"
    )
    made = house.json("sources", "notice", "news", "--language", "de", "--text", "Ja.")
    assert (made["version"], len(made["digest"])) == (1, 64)
    told = house.json("sources", "show", "news")
    assert (told["brand"], told["keep_ip"], told["origins"]) == ("Harbour", "none", ["https://www.example.com"])
    assert [(one["language"], one["version"]) for one in told["notices"]] == [("de", 1), ("en", 1), ("en", 2)]
    house.run("sources", "set", "news", "--brand", "")
    assert house.json("sources", "show", "news")["brand"] is None

    copied = house.json("sources", "snippet", "news", "--language", "de")
    assert '<div data-gateway-form="news" data-language="de">' in copied["snippet"]
    assert copied["snippet"].endswith('/forms/news.js" async></script>\n')
    assert f'name="consent_notice" value="{made["digest"]}"' in copied["html"]
    assert "Ja." in copied["html"]
    assert "plain" not in house.run("sources", "snippet", "news")
    for command in ("show", "set", "snippet"):
        more = ("--brand", "x") if command == "set" else ()
        assert "no source" in house.run("sources", command, "nowhere", *more, "--json", check=2)


def test_what_is_wrong_with_a_forms_settings_is_told_all_at_once(house):
    told = json.loads(house.run("sources", "add", "news", "--title", "News", "--purpose", "two words", "--brand", "a:b",
                                "--origin", "*", "--json", check=2))  # fmt: skip
    assert {problem["field"] for problem in told["problems"]} == {"purposes[0]", "brand", "origins[0]"}
