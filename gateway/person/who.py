"""One person as texts may name them: by an address in any of its spellings. Reads text; asks and writes nothing."""

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.address import GMAIL, YAHOO, MatchKeys, rough
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.screening.address.found import APOSTROPHE, find_addresses
from gateway.screening.address.keys import key_of
from gateway.screening.address.syntax import normalise

ERASED = "(erased)"
"""What stands in the place of an erased address in a text that is somebody else's."""
_SIGN = r"""[^\s<>"',;:|()\[\]\\@/?=&%]"""
_LOCAL = rf"(?<!{_SIGN})(?:(?<!\w['\u2019])|(?!\w)){_SIGN}++(?:{APOSTROPHE}{_SIGN}++)*+"  # as in found: read once
_BEFORE, _AFTER = r"(?<![\w.+-])(?<!\w['\u2019])", r"(?![\w-]|\.\w)"


@dataclass(slots=True)
class Who:
    """A person by the match key, with the spellings of the address that are known."""

    key: bytes
    match_keys: MatchKeys = field(repr=False)
    spellings: set[str] = field(default_factory=set, repr=False)
    _made: tuple[int, re.Pattern[str]] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, text: str, match_keys: MatchKeys) -> "Who":
        """Who is meant by an address as somebody typed it. Raises CallerError for text that holds none, or several."""
        found = find_addresses(text)
        if len(found) != 1:
            message = (
                phrase("this is no address")
                if not found
                else phrase("these are several addresses; take them one by one")
            )
            raise CallerError([Problem("not_an_address", message, field="address")])
        who = cls(key_of(found[0], match_keys), match_keys)
        who.learn([found[0]])
        return who

    def learn(self, typed: Iterable[str | None]) -> None:
        """Addresses that are this person's, as they are written somewhere; what is no address is passed over."""
        for text in typed:
            for one in [text, *find_addresses(text)] if text else ():
                if "@" in one and key_of(one, self.match_keys) == self.key:
                    address = normalise(one)
                    self.spellings.update(
                        form for form in (one.strip(), address.normalised, address.comparable) if form and "@" in form
                    )

    @property
    def domains(self) -> list[str]:
        """How the domain may be written wherever the address is; those of one provider mean the same mailbox."""
        told = {form.rpartition("@")[2].lower() for form in self.spellings}
        for provider in (GMAIL, YAHOO):
            if told & provider:
                told |= provider
        for domain in list(told):
            address = normalise(f"x@{domain}")
            told.update(form for form in (address.ascii_domain, (address.normalised or "")[2:]) if form)
        return sorted(told)

    def named_in(self, text: str) -> list[str]:
        """This person's addresses in a text, as they are written there, the longest first."""
        likely = self._pattern.findall(text) if self.spellings else []
        if "@" in text:
            likely += find_addresses(text)
        found = {one for one in likely if self._is_theirs(one.replace("%40", "@"))}
        return sorted(found, key=len, reverse=True)

    def _is_theirs(self, address: str) -> bool:
        """By the key. A plain address is compared as it stands, which takes a tenth of the time of reading it."""
        if address.isascii():
            return hmac.compare_digest(self.match_keys.key(rough(address)), self.key)
        return hmac.compare_digest(key_of(address, self.match_keys), self.key)

    @property
    def _pattern(self) -> re.Pattern[str]:
        """Whatever stands before one of the domains, also in the address of a page; whose it is, its key tells."""
        size = len(self.spellings)
        if self._made is None or self._made[0] != size:  # more was learnt
            domains = "|".join(map(re.escape, self.domains))
            self._made = size, re.compile(f"{_LOCAL}(?:@|%40)(?:{domains}){_AFTER}", re.IGNORECASE)
        return self._made[1]

    def without(self, text: str) -> str:
        """The text with this person's addresses taken out."""
        for one in self.named_in(text):
            text = re.sub(_BEFORE + re.escape(one), ERASED, text)
        return text

    def without_json(self, text: str) -> str:
        """The same for a JSON document, whatever escapes it is written with; the very same text if none was there."""
        document = json.loads(text)
        left = self._left(document)
        return text if left == document else json.dumps(left, ensure_ascii=False, separators=(",", ":"))

    def _left(self, part: Any) -> Any:
        if isinstance(part, str):
            return self.without(part)
        if isinstance(part, list):
            return [self._left(one) for one in part]
        if isinstance(part, dict):
            return {self.without(name): self._left(one) for name, one in part.items()}
        return part


def texts_in(document: Any) -> Iterator[str]:
    """Every text of a JSON document, names of fields included."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for one in document:
            yield from texts_in(one)
    elif isinstance(document, dict):
        for name, one in document.items():
            yield name
            yield from texts_in(one)
