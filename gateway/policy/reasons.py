"""Reason codes and obligations with their wording for each reader. Wording is chosen when shown, never stored.

The form of ``reasons.yaml``, with all four keys for every code; null where nothing may or need be said::

    consent_not_ours:
      person: null                     # what the person behind the address may be told
      vendor: The yes was given to ... # what the vendor may be told
      officer: ...                     # never null
      remedy: ...                      # what would change it

``{facts}`` in a wording stands for the facts nobody could answer, in words; ``{told_on}`` for when and how the person
told us to stop; ``{vendor_standing}`` for why its vendor stood as it did; ``{certificate_uses}`` for how
widely its certificate was used; ``{broken_hop}``, ``{file_contradicts}`` and
``{file_answers}`` for the answers of the facts of these names (FactSpec.told). The form of ``obligations.yaml``::

    identify_as_advertisement:
      id: OB-07
      title: Say that it is an advertisement
      cites: {law: "15 U.S.C. 7704(a)(5)(A)(i)", url: ...}
      officer: ...
      # and where they apply:
      when: each message               # how long or how often, in words
      waived: by prior affirmative consent
      deadline: {after: 10 business days, from: opt_out}   # or {on: first_message}, {earliest: [clauses]}; with
                                       # calendar: US, CA or AU for business days, and repeats: true
      unverified: ...
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.domain.deadline import Deadline
from gateway.domain.decision import Citation
from gateway.domain.outcome import GATE_FINDINGS
from gateway.policy.rules import Spot

FACT_UNKNOWN = "fact_unknown"
"""The reason of a rule that holds because a fact it needs has no answer."""
NEEDED = (*(finding.reason for finding in GATE_FINDINGS), FACT_UNKNOWN)
"""Codes that no rule names and that must be worded all the same."""
PARAMS: dict[str, str] = {
    "facts": "what is needed", "told_on": "on the day that the suppression book names",
    "certificate_uses": "how widely it was used stands beside the lead",
    "vendor_standing": "the reason stands beside its name under Vendors.",
    "broken_hop": "one of the handovers", "file_contradicts": "some questions", "file_answers": "some questions",
}  # fmt: skip
"""What a wording may leave open, and what stands there where nobody says."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
Audience = Literal["officer", "vendor", "person"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in the words of each reader; None where nothing is said."""

    code: str
    person: str | None
    vendor: str | None
    officer: str
    remedy: str | None
    spot: Spot

    def wording(self, audience: Audience, params: Mapping[str, str]) -> str | None:
        """The sentence for this reader, with its placeholders filled."""
        text = {"person": self.person, "vendor": self.vendor, "officer": self.officer}[audience]
        return None if text is None else fill(text, params)


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be done if the prospect is used."""

    code: str
    id: str
    title: str
    cites: Citation
    officer: str
    spot: Spot
    when: str = ""  # how long or how often, in words
    waived: str = ""  # when it falls away, in words
    deadline: Deadline | None = None
    unverified: str = ""


def fill(text: str, params: Mapping[str, str]) -> str:
    """Put params in place of {name}; for one that nobody gave stands what PARAMS has."""
    return PLACEHOLDER.sub(lambda match: params.get(match[1]) or PARAMS.get(match[1], "what is needed"), text)
