"""The reference pages of a small set; that ours are current is looked at in tests/architecture."""

from policy_packs import DAY, load, pack, rule

from gateway.domain.facts import CATALOGUE
from gateway.policy.coverage import Row
from gateway.policy.reference import pages

TWO = {"any": [{"fact": "person.region", "is": "CA"}, {"fact": "source.is_direct", "is": False}]}
ROWS = [Row("CS-01", "one | two", "2.2", ""), Row("OB-07", "label", "2.4", ""), Row("H-03", "share", "2.4", "No fact.")]


def made(folder):
    rules = [
        rule("CS-01", obligations=["label"], unverified="The day."),
        rule("DB-VT", when=TWO, cites={"house": "Ours"}),
    ]
    policies = load(folder, pack("us", *rules, applies_to={"fact": "person.country", "is": "US"}))
    return pages(policies, ROWS)


def test_there_is_a_page_for_each_kind(tmp_path):
    texts = made(tmp_path)
    assert list(texts) == ["facts.md", "reasons.md", "rules.md", "obligations.md", "coverage.md"]
    assert all("made by `gateway policy docs`" in text for text in texts.values())


def test_rules_are_read_aloud_each_at_its_place(tmp_path):
    text = made(tmp_path)["rules.md"]
    begin = text.index('<a id="db-vt"></a>')
    assert text[begin:] == (
        '<a id="db-vt"></a>\n\n### DB-VT: Title of DB-VT\n\n'
        "It marks the lead when at least one of these is so:\n\n"
        "- In which state or province (US: two letters)? CA.\n"
        "- Did the person give it to us, with nobody between? No.\n\n"
        "When that cannot be told because facts are unknown, it says nothing.\n\n"
        "Why DB-VT.\n\n"
        "- It rests on a rule of the house: Ours.\n"
        "- In force from 1 January 2004.\n"
        "- Somebody last read the text on 21 November 2026; to be read again by 21 May 2027.\n"
        "- At stake: low. An officer may set it aside.\n"
        "- Reason: [`because`](reasons.md#because).\n"
    )
    assert "- Not verified: The day.\n" in text
    assert "- Whoever uses the prospect owes [OB-07](obligations.md#ob-07).\n" in text
    assert "| [us](rules.md#us) | Pack us | 2026.11 | 21 November 2026, again by 21 May 2027 | 2 |\n" in text
    assert "It is asked only of leads for whom this is so:\n\n- In which country" in text


def test_a_bracket_in_an_address_does_not_end_the_link(tmp_path):
    odd = rule("CS-01", cites={"law": "7704", "url": "https://law.example.com/a(b)"})
    text = pages(load(tmp_path, pack("us", odd)), [])["rules.md"]
    assert "- It rests on the law: [7704](https://law.example.com/a%28b%29).\n" in text


def test_facts_are_all_there_with_who_asks_them(tmp_path):
    text = made(tmp_path)["facts.md"]
    assert all(f'<a id="{name}"></a>`{name}`' in text for name in CATALOGUE)
    assert (
        "`person.region` | In which state or province (US: two letters)? | text | screening.jurisdiction | "
        "[DB-VT](rules.md#db-vt) |\n"
    ) in text
    assert "| [us](rules.md#us) |" in text
    assert "| By which act? | `unticked_box`, `preticked_box`," in text
    assert "| screening.consent | no rule |\n" in text


def test_reasons_say_what_each_reader_hears_and_who_gives_them(tmp_path):
    text = made(tmp_path)["reasons.md"]
    assert "| the vendor | We miss {facts}. |\n| the person | nothing is said |\n" in text
    assert "Given by [CS-01](rules.md#cs-01), [DB-VT](rules.md#db-vt).\n" in text
    assert "Given by the gateway itself (GATE-00).\n" in text
    assert "No rule gives it.\n" in text
    hold = pages(load(tmp_path, pack("us", rule(then="hold"))), [])["reasons.md"]
    assert "Given when a fact is unknown by [CS-01](rules.md#cs-01).\n" in hold


def test_obligations_say_who_brings_them(tmp_path):
    text = made(tmp_path)["obligations.md"]
    begin, end = text.index('<a id="ob-07"></a>'), text.index('<a id="ob-09"></a>')
    assert text[begin:end].splitlines()[2:] == [
        "## OB-07: Do label", "", "Always label.", "", "- Called `label` with a prospect.",
        "- It rests on the law: [15 U.S.C. 7704(a)(5)(A)](https://www.law.cornell.edu/uscode/text/15/7704).",
        "- When: each message.", "- Brought by [CS-01](rules.md#cs-01).", "",
    ]  # fmt: skip
    assert text.endswith("- No rule brings it.\n")


def test_an_obligation_shows_all_it_has(tmp_path):
    owed = {"label": {
        "id": "OB-07", "title": "Label", "cites": {"house": "Ours"}, "officer": "Label it", "waived": "by a yes",
        "unverified": "The label", "deadline": {"after": "30 days", "from": "obtained"},
    }}  # fmt: skip
    text = pages(load(tmp_path, pack("us", rule(obligations=["label"])), obligations=owed), [])["obligations.md"]
    assert "- Due: 30 days after the lead came to us.\n- Waived: by a yes.\n- Not verified: The label.\n" in text


def test_coverage_leads_to_the_rule_the_obligation_or_the_reason_why_not(tmp_path):
    assert made(tmp_path)["coverage.md"].partition("## Table 2.2")[2] == (
        "\n\n| id | about | where |\n| --- | --- | --- |\n"
        "| CS-01 | one &#124; two | [CS-01](rules.md#cs-01): Title of CS-01 |\n"
        "\n## Table 2.4\n\n| id | about | where |\n| --- | --- | --- |\n"
        "| OB-07 | label | [OB-07](obligations.md#ob-07): Do label |\n"
        "| H-03 | share | No fact. |\n"
        "\n3 rows; 2 have a rule or an obligation, 1 have neither.\n"
    )


def test_the_pages_do_not_change_from_day_to_day(tmp_path):
    assert made(tmp_path / "a") == made(tmp_path / "b")
    assert DAY.isoformat() not in made(tmp_path / "a")["rules.md"]
