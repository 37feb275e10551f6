"""Signs in the addresses themselves that nobody gave them: counted up, permuted, built by one pattern, harvested.

Each asks for a hundred addresses at least and for a share of the list that no ordinary list has, because a wrong sign
holds a whole list. Twenty made-up lists of ordinary shape raise none (tests).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.intake.listwide.found import LEAST, Sign, masked, shown
from gateway.intake.readers.generated import find_sequence
from gateway.screening.address.kinds import kinds_of

PERMUTED = 0.05  # of the addresses are one of three or more spellings of one name at one domain
FORMS = 3  # spellings of one name at one domain; people have one, sometimes two
PATTERN = 0.95  # of the addresses that begin with a name of the row follow the same pattern
DOMAINS = 20  # over so many domains, of which each chose its own pattern once
REPEATED = 0.5  # of the addresses have a local part that stands at DOMAINS domains or more
RUN = 20  # neighbouring rows of one domain in the order of the alphabet
IN_RUNS = 0.5  # of the rows

_SEPARATED = re.compile(r"([a-z]{2,})([._-])([a-z]{2,})")


class Person(NamedTuple):
    """One row's address, in small letters, and its names as far as the row says them."""

    row: int
    local: str
    domain: str
    first: str
    last: str


def find_signs(people: Sequence[Person], neighbours: Sequence[Person]) -> list[Sign]:
    """Everything the addresses show. ``neighbours``: the first rows of the file, none between them left out."""
    if len(people) < LEAST:
        return []
    signs = (_counted(people), _permuted(people), _one_pattern(people), _same_names(people), _in_runs(neighbours))
    return [sign for sign in signs if sign is not None]


GENERATED = frozenset({"addresses_counted_up", "addresses_permuted", "one_pattern_at_all_domains"})
HARVESTED = frozenset({"same_names_at_many_domains", "alphabetical_runs"})


def _sign(code: str, says: str, people: Sequence[Person]) -> Sign:
    return Sign(code, says, shown([(one.row, masked(f"{one.local}@{one.domain}")) for one in people]))


def _counted(people: Sequence[Person]) -> Sign | None:
    places = find_sequence(f"{one.local}@{one.domain}" for one in people)
    if not places:
        return None
    domain = people[places[0]].domain
    says = f"{len(places):,} of {len(people):,} addresses count upwards at {domain} in even steps, as programs do."
    return _sign("addresses_counted_up", says, [people[place] for place in places])


def _permuted(people: Sequence[Person]) -> Sign | None:
    """One name spelt in many ways at one domain: whoever guesses an address tries them all."""
    locals_at: defaultdict[str, dict[str, Person]] = defaultdict(dict)
    for one in people:
        locals_at[one.domain].setdefault(one.local, one)
    found: dict[int, Person] = {}
    for written in locals_at.values():
        if len(written) < FORMS:
            continue
        for first, last in {_name_of(one) for one in written.values()} - {None, ("", "")}:  # type: ignore[misc]
            spelt = [written[form] for form in set(_spellings(first, last)) if form in written]
            if len(spelt) >= FORMS:
                found |= {one.row: one for one in spelt}
    if len(found) < max(LEAST, PERMUTED * len(people)):
        return None
    says = (
        f"{len(found):,} of {len(people):,} addresses are spellings of a name that stands at the same domain in "
        f"{FORMS} ways or more, as guesses do."
    )
    return _sign("addresses_permuted", says, list(found.values()))


def _name_of(one: Person) -> tuple[str, str] | None:
    if one.first and one.last:
        return one.first, one.last
    found = _SEPARATED.fullmatch(one.local)
    return (found[1], found[3]) if found else None


def _spellings(first: str, last: str) -> Iterator[str]:
    for one, other in ((first, last), (last, first)):
        for separator in ("", ".", "_", "-"):
            yield f"{one}{separator}{other}"
            yield f"{one[:1]}{separator}{other}"
            yield f"{one}{separator}{other[:1]}"


def _one_pattern(people: Sequence[Person]) -> Sign | None:
    """Companies choose their own pattern of addresses; a program that makes them from names has one for all."""
    named = [one for one in people if len(one.first) > 1 and len(one.last) > 1 and not _is_open(one.domain)]
    if len(named) < LEAST:
        return None
    patterns: Counter[str] = Counter()
    members: defaultdict[str, list[Person]] = defaultdict(list)
    for one in named:
        if pattern := _pattern_of(one):
            patterns[pattern] += 1
            members[pattern].append(one)
    if not patterns:
        return None
    pattern, count = patterns.most_common(1)[0]
    domains = len({one.domain for one in members[pattern]})
    if count < max(LEAST, PATTERN * len(named)) or domains < DOMAINS:
        return None
    says = (
        f"{count:,} of {len(named):,} addresses at {domains:,} companies' domains are made from the row's name by one "
        f"pattern ({pattern}); companies choose different ones."
    )
    return _sign("one_pattern_at_all_domains", says, members[pattern])


def _pattern_of(one: Person) -> str | None:
    first, last = one.first, one.last
    forms = {
        f"{first}.{last}": "first.last", f"{first}{last}": "firstlast", f"{first[0]}{last}": "flast",
        f"{first[0]}.{last}": "f.last", f"{first}_{last}": "first_last", f"{first}{last[0]}": "firstl",
        f"{last}.{first}": "last.first", f"{last}{first[0]}": "lastf", f"{first}-{last}": "first-last",
        f"{last}": "last", f"{first}": "first",
    }  # fmt: skip
    return forms.get(one.local)


def _is_open(domain: str) -> bool:
    """Whether anybody may open a mailbox there: no company's pattern is to be expected."""
    return kinds_of(domain).is_free_mail


def _same_names(people: Sequence[Person]) -> Sign | None:
    """The same few local parts at many domains: info@, sales@, john@ tried at each."""
    domains: defaultdict[str, set[str]] = defaultdict(set)
    for one in people:
        if not _is_open(one.domain):
            domains[one.local].add(one.domain)
    common = {local for local, at in domains.items() if len(at) >= DOMAINS}
    found = [one for one in people if one.local in common and not _is_open(one.domain)]
    if len(found) < max(LEAST, REPEATED * len(people)):
        return None
    says = (
        f"{len(found):,} of {len(people):,} addresses have one of {len(common):,} local parts that stand at {DOMAINS} "
        "domains or more each, as a dictionary tried at every domain leaves them."
    )
    return _sign("same_names_at_many_domains", says, found)


def _in_runs(neighbours: Sequence[Person]) -> Sign | None:
    """Domain after domain, each with its addresses in the order of the alphabet, the domains themselves in none.

    A file that somebody sorted by address or by domain has its domains in order too, and is no sign.
    """
    runs: list[list[Person]] = [[]]
    for one in neighbours:
        last = runs[-1][-1] if runs[-1] else None
        if last is None or (last.domain == one.domain and last.local < one.local):
            runs[-1].append(one)
        else:
            runs.append([one])
    long = [run for run in runs if len(run) >= RUN]
    domains = [run[0].domain for run in long]
    found = [one for run in long for one in run]
    if len(set(domains)) < 5 or len(found) < max(LEAST, IN_RUNS * len(neighbours)):  # noqa: PLR2004 - or it is chance
        return None
    if domains in (sorted(domains), sorted(domains, reverse=True)):
        return None
    says = (
        f"{len(found):,} of the first {len(neighbours):,} rows stand domain by domain in the order of the alphabet, as "
        "a program that gathers from pages or directories writes them."
    )
    return _sign("alphabetical_runs", says, found)
