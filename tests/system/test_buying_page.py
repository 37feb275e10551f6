"""docs/buying.md: its terms are good, its commands run, its posts get the answers it shows."""

import json
import re
from pathlib import Path

import buying
import pytest
from click.testing import CliRunner
from web import make_web

from gateway.cli import buying as command
from gateway.vendors.book import set_standing

PAGE = (Path(__file__).parents[2] / "docs" / "buying.md").read_text(encoding="utf-8")
TERMS = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
CURLS = re.findall(r'curl -s "\$URL(\S+)".*?-d \'(\{.*?\})\'', PAGE, re.DOTALL)


@pytest.fixture
def web(engine, clock, tmp_path, monkeypatch):
    made = make_web(engine, clock, tmp_path)
    monkeypatch.setattr(command, "open_services", lambda: made.services)
    return made


def run(*words):
    done = CliRunner().invoke(command.buying, [*words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_page_does_what_it_says(web, tmp_path):
    buying.sell(web.services)  # the contract
    file = tmp_path / "terms.yaml"
    file.write_text(TERMS, encoding="utf-8")
    assert "America/New_York" in run("terms", buying.VENDOR, str(file), "--why", "agreed on 2 November")
    key = run("key", buying.VENDOR).splitlines()[0]
    headers = {"Authorization": f"Bearer {key}"}
    web.services.clock.move(hours=3)  # a Saturday, ten in New York
    (ping_path, ping), (lead_path, lead) = CURLS
    told = web.client.post(ping_path, json=json.loads(ping), headers=headers).json
    assert (told["wanted"], told["price"]["amount"]) == (True, "1.25")
    buying.change(web.services, price="1.25")
    sold = web.client.post(lead_path, json=json.loads(lead), headers=headers).json
    assert (sold["outcome"], sold["price"]["amount"]) == ("prospect", "1.25")
    assert "1.25" in run("show", buying.VENDOR)
    for words in (("pause", "--why", "complaints are looked into"), ("resume", "--why", "mended")):
        run(words[0], buying.VENDOR, *words[1:])
    assert json.loads(run("show", buying.VENDOR, "--json"))["now"]["buys"]


def test_a_file_with_mistakes_names_them_all(web, tmp_path):
    buying.sell(web.services)
    with web.services.unit_of_work() as work:
        set_standing(work, buying.VENDOR, "approved", "known")
    file = tmp_path / "terms.yaml"
    file.write_text('price: "x"\nschedule: {zone: Mars/Base, open: [sometimes]}\nsays: {vendor: me}\n')
    from gateway.domain.problem import CallerError

    with pytest.raises(CallerError) as caught:
        run("terms", buying.VENDOR, str(file), "--why", "x")
    assert {one.code for one in caught.value.problems} >= {
        "not_an_amount",
        "unknown_zone",
        "not_understood",
        "not_here",
    }


def test_it_says_what_a_lead_is_worth_where_that_is_why_none_is_bought(web, monkeypatch):
    from gateway.intake.buying import offer
    from gateway.intake.buying.bids import Worthy

    buying.sell(web.services)
    told = Worthy(0, 164, 1021, "USD", 12)
    monkeypatch.setattr(offer, "worthy", lambda *_: told)
    monkeypatch.setattr("gateway.intake.buying.shown.worthy", lambda *_: told)
    shown = run("show", buying.VENDOR)
    assert "We cannot pay a price for this lead at present." in shown
    assert "worth USD 0.00 at least, 10.21 at most (12 people seen); no more than the least is paid." in shown
