"""Who the person is, as far as the law asks: how old, a private person or a company, what else was told of them."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from gateway.domain.lead import Batch, Cell
from gateway.screening.answers import Answers, Column, per_case
from gateway.screening.reference import SCREENING, fold, rows

ADULT, CHILD, OLDEST = 18, 13, 120
"""Years: from 18 on nobody asks further; below 13 nobody either; above 120 a birthday is a placeholder."""
INDIVIDUAL = frozenset({
    "individual", "individual subscriber", "private", "private person", "private individual", "person",
    "natural person", "consumer", "household", "b2c", "sole trader", "sole proprietor", "sole proprietorship",
    "self employed", "freelance", "freelancer", "partnership", "privat", "privatperson", "verbraucher",
    "einzelunternehmer", "einzelunternehmen", "freiberufler", "selbststandig", "particulier", "personne physique",
    "auto entrepreneur", "micro entrepreneur", "independant", "particular", "persona fisica", "autonomo",
})  # fmt: skip
"""Words of private persons; sole traders and partnerships without a legal person of their own are protected alike."""
CORPORATE = frozenset({
    "corporate", "corporate subscriber", "company", "corporation", "limited company", "private limited company",
    "public limited company", "limited liability partnership", "limited liability company", "incorporated",
    "limited", "ltd", "plc", "llp", "llc", "inc", "corp", "legal entity", "legal person", "public body", "government",
    "gmbh", "ag", "ug", "kgaa", "firma", "kapitalgesellschaft", "juristische person", "entreprise", "societe", "sarl",
    "sas", "sasu", "personne morale", "empresa", "sociedad", "persona juridica", "sl", "slu",
})  # fmt: skip
"""Words of companies and other legal persons. "Business" and "B2B" are neither's: a sole trader is a business."""

_AGED = r"(?:\s*(?:y|yo|y\.o\.|yrs?|years?|years old|jahre|jahre alt|ans|años|anni))?"
_YEARS = re.compile(rf"([0-9]{{1,3}})(?:\.0+)?{_AGED}(?:\s*(?:\+|and over|and older|or over|or older|plus))?")
_SPAN = re.compile(rf"(0|[1-9][0-9]{{0,2}})\s*(?:-|\u2013|\u2014|to|bis|à|a)\s*([0-9]{{1,3}}){_AGED}")
_UNDER = re.compile(r"(?:<|under|below|less than|unter|moins de|menos de)\s*([0-9]{1,3})")


def establish(batch: Batch, countries: Sequence[str | None], as_of: datetime) -> Answers:
    """The facts of the person's age and kind, and whether sensitive data ride along (found at arrival by headings)."""
    found = ages(batch, as_of)
    return {
        "person.age": found,
        "person.is_under_consent_age": per_case(is_under, found, countries) if isinstance(found, list) else None,
        "person.subscriber": _subscribed_as(batch),
        "lead.has_sensitive_data": bool(batch.origin.statement.sensitive_columns),
    }


def ages(batch: Batch, as_of: datetime) -> Column | None:
    """How old each person is as of an instant: by the day of birth, else as typed some time ago, which is not older."""
    if "born_on" not in batch.columns and "age" not in batch.columns:
        return None

    def judge(born: Cell, typed: Cell) -> str | None:
        years = _years_since(born, as_of) if isinstance(born, datetime) else None
        if years is None and isinstance(typed, str):
            years = years_of(typed)
        return None if years is None else _class(years)

    return per_case(judge, batch.column("born_on"), batch.column("age"))


def years_of(typed: str) -> int | None:
    """The years an age as typed means. A span counts as its youngest: the question is who may be a child.

    A bound above thirteen (``under 18``) says neither that somebody is a child nor that they are none: unknown. So does
    a span from nought beyond childhood. Nought alone is what systems write for nothing; ages nobody reaches are none.
    """
    text = typed.strip().casefold()
    if found := _SPAN.fullmatch(text):
        youngest, oldest = int(found[1]), int(found[2])
        if not youngest <= oldest <= OLDEST or (youngest < CHILD <= oldest and youngest == 0):
            return None
        return youngest
    if found := _UNDER.fullmatch(text):
        return 0 if 0 < int(found[1]) <= CHILD else None
    if found := _YEARS.fullmatch(text):
        return int(found[1]) if 0 < int(found[1]) <= OLDEST else None
    return None


def _years_since(born: datetime, as_of: datetime) -> int | None:
    years = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    return years if 0 <= years <= OLDEST else None  # not born yet, or a placeholder: no birthday


def _class(years: int) -> str:
    if years < CHILD:
        return "under_13"
    return "18_or_more" if years >= ADULT else "16_or_17" if years >= 16 else str(years)  # noqa: PLR2004 - the class itself


def is_under(age: str | None, country: str | None) -> bool | None:
    """Whether somebody of this age cannot agree alone; None outside the states whose law sets such an age."""
    limit = None if country is None else _consent_ages().get(country)
    if age is None or limit is None:
        return None
    return age == "under_13" or (age.isdigit() and int(age) < limit)


@cache
def _consent_ages() -> dict[str, int]:
    return {country: int(age) for country, age, *_ in rows(SCREENING, "gdpr-art8-ages.tsv")}


def _subscribed_as(batch: Batch) -> str | Column | None:
    """Whose address it is: the row's word, else the source's. A word that is not understood is unknown."""
    of_all = batch.origin.statement.subscribers
    if "subscriber" not in batch.columns:
        return of_all

    def judge(typed: Cell) -> str | None:
        if not isinstance(typed, str) or not typed.strip():
            return of_all
        word = fold(typed)
        return "individual" if word in INDIVIDUAL else "corporate" if word in CORPORATE else None

    return per_case(judge, batch.columns["subscriber"])
