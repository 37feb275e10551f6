"""A company's changes to packs that are not its own: house rules switched off, any rule made stricter. Never weaker.

The form of an overlay, ``<overlay>.yaml`` in the company's own folder::

    overlay: acme                      # the file's name
    title: What Acme does differently
    reviewed: {by: ..., on: 2026-11-21, again_by: 2027-05-21}
    switch_off:
      - {rule: H-05, from: 2026-12-01, because: Our forms are for one-time downloads}
    stricter:
      - {rule: H-22, from: 2026-12-01, then: hold, question: review, because: Our mail service bars bought lists}

The change holds from that day on: earlier leads are still explained and replayed by the rule as it was. What rests on
law or contract cannot be switched off, nor can a rule marked ``override: never``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from gateway.domain.decision import STRICTNESS
from gateway.policy.entries import read_review
from gateway.policy.form import Form
from gateway.policy.rules import QUESTIONS, VERDICTS, Pack, Rule

_MAY_GO = ("house", "provider")


@dataclass(slots=True)
class Overlays:
    """Reads overlays and applies them to packs that were read before."""

    packs: list[Pack]
    _changed: dict[str, str] = field(default_factory=dict)  # where each rule that is changed was changed first

    def apply(self, form: Form) -> None:
        """One overlay file."""
        form.only("overlay", "title", "reviewed", "switch_off", "stricter")
        name = form.text("overlay")
        if name and name != Path(form.document.name).stem:
            form.complain(f"the overlay {name!r} must lie in {name}.yaml", "overlay")
        form.text("title")
        read_review(form)
        for one in self._items(form, "switch_off"):
            self._switch_off(one)
        for one in self._items(form, "stricter"):
            self._make_stricter(one)
        if not {"switch_off", "stricter"} & form.data.keys():
            form.complain("it changes nothing; add switch_off or stricter")

    def _items(self, form: Form, key: str) -> Iterable[Form]:
        written = form.data.get(key)
        if written is None:
            return
        if not isinstance(written, list) or not written:
            form.complain("expected a list of one or more changes", key)
            return
        for number in range(len(written)):
            yield Form(form.document, (*form.path, key, number), form.complaints)

    def _switch_off(self, form: Form) -> None:
        form.only("rule", "from", "because")
        rule, since, because = self._find(form), form.day("from"), form.text("because")
        if rule is None or since is None or self._is_settled(form, rule, since):
            return
        if rule.cites.kind not in _MAY_GO:
            form.complain(
                f"{rule.id} rests on {rule.cites.text}; what is law or contract cannot be switched off", "rule"
            )
        elif not rule.override_allowed:
            form.complain(f"{rule.id} is marked override: never and cannot be switched off", "rule")
        else:
            self._put(rule, _ended(rule, since, because))

    def _make_stricter(self, form: Form) -> None:
        form.only("rule", "from", "then", "question", "because")
        rule, since, then = self._find(form), form.day("from"), form.choice("then", VERDICTS)
        because = form.text("because")
        question = form.choice("question", QUESTIONS) if form.has("question") else None
        if then == "hold" and question is None:
            form.complain("a hold waits for something; add question", "then")
        if question and then != "hold" and (rule is None or not rule.holds_when_unknown):
            form.complain("nothing here ever holds, so nothing asks this", "question")
        if rule is None or since is None or self._is_settled(form, rule, since):
            return
        if STRICTNESS[then] <= STRICTNESS[rule.then]:
            form.complain(f"{rule.id} says {rule.then} already; {then} is not stricter", "then")
            return
        changed = replace(
            rule, then=then, question=question or rule.question, overlaid_from=since, grants=False, obligations=(),
            officer=f"{rule.officer} Made stricter by the company: {because}",
        )  # fmt: skip
        self._put(rule, _ended(rule, since, because), changed)

    def _find(self, form: Form) -> Rule | None:
        name = form.text("rule")
        known = {rule.id: rule for pack in self.packs for rule in pack.rules}
        if name and name not in known:
            form.complain(f"no rule is called {name!r}", "rule", word=name, options=known)
        return known.get(name)

    def _is_settled(self, form: Form, rule: Rule, since: date) -> bool:
        """Whether there is nothing left to change: the rule was changed before, or is over by then."""
        here = f"{form.document.name}:{form.line()}"
        if rule.id in self._changed:
            form.complain(f"{rule.id} is changed already at {self._changed[rule.id]}", "rule")
            return True
        self._changed[rule.id] = here
        if rule.in_force_until is not None and rule.in_force_until < since:
            form.complain(f"{rule.id} is over on {rule.in_force_until} already", "rule")
            return True
        return False

    def _put(self, rule: Rule, *instead: Rule) -> None:
        """The last of ``instead`` is what explanations show."""
        for place, pack in enumerate(self.packs):
            if rule in pack.rules:
                at = pack.rules.index(rule)
                self.packs[place] = replace(pack, rules=(*pack.rules[:at], *instead, *pack.rules[at + 1 :]))


def _ended(rule: Rule, since: date, because: str) -> Rule:
    return replace(rule, overlaid_until=since - timedelta(days=1), switched_off=because)
