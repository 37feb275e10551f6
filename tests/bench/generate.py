"""Writes a made-up list of any length, shaped like a consumer list, and the manifest that belongs to it.

    python tests/bench/generate.py ROWS OUT.csv [--seed N]

The same rows and seed give the same bytes. Its shape (measured lists are like this, give or take):

- domains have a heavy tail: the first 10 have 48 % of the rows, 40 have 70 %, 1,000 have 79 %, 10,000 have 89 %,
  the other 50,000 the rest; so 100,000 rows name about 17,000 domains and a million about 55,000;
- 3 % of the addresses are invalid, in 14 ways; 1 % are international; 1 % carry stray blanks; 12 % odd case;
- 2 % repeat an earlier row's address.

Nobody in it exists. The 40 big mailbox providers have their real names, because rules look at them, and local
parts end in six random digits there; all other domains lie under example.com, example.org and example.net.
Addresses are kept as short as real ones, so that no checker is slowed down by the invention.
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

HEADINGS = ("email", "first", "last", "phone", "ip", "consent_ts", "source_url", "state", "country")
COLLECTED_FROM = datetime(2026, 2, 1, tzinfo=UTC)
COLLECTED_UNTIL = datetime(2026, 10, 31, tzinfo=UTC)

PROVIDERS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "aol.com", "icloud.com", "comcast.net", "msn.com",
    "live.com", "att.net",
    "verizon.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "me.com", "mac.com", "ymail.com",
    "gmx.com", "mail.com", "proton.me", "protonmail.com", "zoho.com", "fastmail.com", "earthlink.net",
    "optonline.net", "frontier.com", "rocketmail.com", "windstream.net", "juno.com", "netzero.net", "gmx.de",
    "web.de", "t-online.de", "orange.fr", "free.fr", "libero.it", "btinternet.com", "sky.com", "shaw.ca",
)  # fmt: skip
BANDS = ((10, 0.48), (30, 0.22), (960, 0.09), (9_000, 0.10), (50_000, 0.11))
"""(how many domains, their share of the rows), from the most frequent down."""

FIRST = ("Ann", "Ben", "Cara", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jon", "Kim", "Leo", "Mia", "Ned", "Olga",
         "Pia", "Quinn", "Rosa", "Sam", "Tess", "Uma", "Vic", "Wes", "Xena", "Yara", "Zoe", "Marie-Claire", "José",
         "Siân", "Łukasz")  # fmt: skip
LAST = ("Lee", "Diaz", "Moss", "Reed", "Cole", "Hart", "Webb", "Nash", "Ford", "Lane", "Park", "Ruiz", "Shaw", "Vega",
        "Wolf", "York", "Abbott", "Becker", "Carver", "Dalton", "Ellison", "Farrow", "Granger", "Holloway",
        "O'Neil", "van Dyke", "Ingram", "Jensen", "Keller", "Lindqvist")  # fmt: skip
SYLLABLES = ("al", "bo", "ca", "do", "el", "fi", "go", "ha", "in", "jo", "ka", "lu", "mi", "no", "or", "pa", "qui",
             "ro", "sa", "tu", "un", "va", "wi", "yo", "ze")  # fmt: skip
UMLAUTS = ("bücher", "café", "smörgås", "piñata", "żaba")
AREA_CODES = ("202", "212", "303", "312", "404", "415", "503", "602", "617", "713")
NETWORKS = ("24", "47", "66", "71", "73", "98", "174")
PAGES = ("spring", "solar", "kitchen", "travel", "garden", "fitness", "books", "music", "moving", "pets")
SITES = ("www", "offers", "win", "deals")
STATES = (
    ("CA", 0.118), ("TX", 0.09), ("FL", 0.066), ("NY", 0.059), ("PA", 0.039), ("IL", 0.037), ("OH", 0.035),
    ("GA", 0.033), ("NC", 0.032), ("MI", 0.03), ("WA", 0.023), ("OR", 0.013), ("UT", 0.01), ("VT", 0.002), ("", 0.1),
    *((state, 0.0121) for state in ("AZ", "CO", "IN", "KS", "KY", "LA", "MA", "MD", "MN", "MO", "NJ", "NV", "OK", "SC",
                                    "TN", "VA", "WI", "AL", "AR", "CT", "IA", "MS", "NE", "NM", "ID")),
)  # fmt: skip
"""Where people live, roughly; one row in ten does not say."""
COUNTRIES = (("US", 0.78), ("United States", 0.06), ("usa", 0.04), ("", 0.04), ("CA", 0.03), ("GB", 0.03), ("DE", 0.02))


def domains(seed: int = 1) -> list[str]:
    """All domains a list of this seed can name, most frequent first, as A-labels: whose DNS to warm."""
    return [domain.encode("idna").decode("ascii") for domain in _as_written(seed)]


def addresses(rows: int, seed: int = 1) -> Iterator[str]:
    """The first column of the list alone."""
    return (row[0] for row in generate(rows, seed))


def generate(rows: int, seed: int = 1) -> Iterator[tuple[str, ...]]:
    """The rows of the list, without its headings."""
    rng = random.Random(f"list {seed}")
    pool = _as_written(seed)
    sizes = [size for size, _ in BANDS]
    bands = [range(start, start + size) for start, size in zip([0, *accumulate(sizes)], sizes, strict=False)]
    shares = list(accumulate(share for _, share in BANDS))
    states = list(accumulate(share for _, share in STATES))
    countries = list(accumulate(share for _, share in COUNTRIES))
    span = int((COLLECTED_UNTIL - COLLECTED_FROM).total_seconds())
    seen: list[str] = []
    for _ in range(rows):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        if seen and rng.random() < 0.02:
            address = rng.choice(seen)
        else:
            domain = pool[rng.choice(bands[_place(shares, rng.random())])]
            address = _spoil(rng, _local_part(rng, first, last), domain)
            seen.append(address)
        at = COLLECTED_FROM + timedelta(seconds=rng.randrange(span))
        yield (
            address,
            first,
            last,
            f"+1 {rng.choice(AREA_CODES)} 555 01{rng.randrange(100):02}",  # 555-01xx: numbers kept for fiction
            f"{rng.choice(NETWORKS)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"https://{rng.choice(SITES)}.example.com/{rng.choice(PAGES)}",
            STATES[_place(states, rng.random())][0],
            COUNTRIES[_place(countries, rng.random())][0],
        )


def write_list(rows: int, path: Path, seed: int = 1) -> None:
    """Write the list and, beside it, ``<name>.manifest.yaml``."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        writer.writerows(generate(rows, seed))
    path.with_suffix(".manifest.yaml").write_text(MANIFEST, encoding="utf-8")


def _as_written(seed: int) -> list[str]:
    """The domains as a person writes them: one in a hundred beyond the providers is international."""
    rng = random.Random(f"domains {seed}")
    found = dict.fromkeys(PROVIDERS)
    while len(found) < sum(size for size, _ in BANDS):
        name = "".join(rng.choice(SYLLABLES) for _ in range(3))
        if rng.random() < 0.01:
            name = rng.choice(UMLAUTS) + name
        found[f"{name}{rng.randrange(100)}.example.{rng.choice(('com', 'org', 'net'))}"] = None
    return list(found)


def _place(limits: list[float], value: float) -> int:
    return next((index for index, limit in enumerate(limits) if value < limit), len(limits) - 1)


def _local_part(rng: random.Random, first: str, last: str) -> str:
    name, family = (_plain(first), _plain(last))
    start = rng.choice(
        (name[0] + family, name, family, f"{name[0]}.{family}", f"{name}{family[0]}", f"{name}_{family[0]}")
    )
    return f"{start}{rng.randrange(1_000_000):06}"


def _plain(name: str) -> str:
    letters = name.lower().translate(str.maketrans("éâł", "eal"))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())


INVALID: tuple[Callable[[str, str], str], ...] = (
    lambda _local, _domain: "",
    lambda local, _domain: local,
    lambda local, domain: f"{local}@@{domain}",
    lambda _local, domain: f"@{domain}",
    lambda local, _domain: f"{local}@",
    lambda local, domain: f"{local[:3]} {local[3:]}@{domain}",
    lambda local, domain: f"{local[:3]}..{local[3:]}@{domain}",
    lambda local, domain: f".{local}@{domain}",
    lambda local, domain: f"{local}.@{domain}",
    lambda local, domain: f"{local}@{domain.partition('.')[0]}",
    lambda local, domain: f"{local}@{domain.replace('.', '..', 1)}",
    lambda local, domain: f"{local}@-{domain}",
    lambda local, domain: f"{local[:3]}({local[3:]})@{domain}",
    lambda local, domain: f"{local * 8}@{domain}",
)
"""The 14 ways in which an address is wrong."""


def _spoil(rng: random.Random, local: str, domain: str) -> str:
    """The address as it stands in the list: usually right, sometimes not."""
    chance = rng.random()
    if chance < 0.03:
        return rng.choice(INVALID)(local, domain)
    if chance < 0.035:
        return f"{rng.choice(('jörg', 'renée', 'zoë', 'łucja'))}{local[-6:]}@{domain}"
    address = f"{local}@{domain}"
    if chance < 0.045:
        return rng.choice((f" {address}", f"{address} ", f"{address}\t", f" {address} "))
    if chance < 0.165:
        return rng.choice((address.upper(), address.title(), f"{local.capitalize()}@{domain}"))
    return address


VENDOR = "Fernhill Data LLC"
SENDER = "Example Gardens Inc."
MANIFEST = f"""\
# The manifest of a made-up list (tests/bench/generate.py): everything a buyer can know of it is said.
name: Made-up consumer list
vendor: {VENDOR}
contract: FD-2026-07
price: {{amount: "0.30", currency: USD}}
method: co_registration
collected: {{from: {COLLECTED_FROM:%Y-%m-%d}, until: {COLLECTED_UNTIL:%Y-%m-%d}}}
form_url: https://www.example.com/garden
notice:
  wording: "Yes, {SENDER} may send me offers for house and garden by e-mail."
  language: en
  transfer: named_us
consent: {{claimed: given, act: unticked_box}}
relationship: marketing
hops:
  - {{giver: Example Offers, taker: {VENDOR}, on: {COLLECTED_UNTIL:%Y-%m-%d}, under: partner agreement of 2025}}
  - {{giver: {VENDOR}, taker: {SENDER}, on: {COLLECTED_UNTIL:%Y-%m-%d}, under: FD-2026-07}}
attestations:
  - {{says: Every person ticked the box., signed_by: "J. Doe, {VENDOR}", on: {COLLECTED_UNTIL:%Y-%m-%d}}}
vendor_facts:
  data_broker: true
  registrations: {{CA: 2026, OR: 2026, TX: 2026, VT: 2026}}
  drop_run_on: {COLLECTED_UNTIL:%Y-%m-%d}
  privacy_terms: true
promised_columns: [email, phone, ip, consent_ts, source_url]
"""


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a made-up list and its manifest.")
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write_list(asked.rows, asked.out, asked.seed)


if __name__ == "__main__":
    main()
