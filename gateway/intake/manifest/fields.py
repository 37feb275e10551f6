"""The kinds of values a manifest holds, each with what to say when a value is not of its kind. No keys here."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError, fields

from gateway.domain.lead import FIELDS
from gateway.domain.phrase import phrase
from gateway.domain.ports import BRAND_IS, is_brand
from gateway.domain.problem import CallerError
from gateway.intake.columns.headings import HALVES, READINGS, STOPS
from gateway.intake.columns.mapping import ATTRIBUTE
from gateway.intake.encodings import encoding_named
from gateway.screening.provenance import REGISTERS

LONGEST = 500
EARLIEST, LATEST = 2000, 2100  # years in which a data broker can have registered
USES = (*FIELDS, *HALVES, *(use for use in STOPS if use not in FIELDS), *READINGS, ATTRIBUTE)
"""What a manifest may say that a column means."""


@dataclass(frozen=True, slots=True)
class Says:
    """What is wrong with one value; marshmallow carries it to its place (in a list, or it would take it for a text)."""

    code: str
    sentence: str
    suggestion: str = ""


def near(text: str, choices: tuple[str, ...]) -> str:
    """The choice somebody may have meant, or nothing."""
    found = get_close_matches(text.strip().lower().replace(" ", "_").replace("-", "_"), choices, n=1)
    return found[0] if found else ""


class Text(fields.Field[str | None]):
    """Words. A plain number or day is what its author typed and is taken as such; a fraction has lost its form."""

    def __init__(self, longest: int = LONGEST, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - the interface
        if isinstance(value, bool | float | list | dict):
            raise ValidationError([Says("not_text", phrase("expected text; put it in quotes"))])
        text = value.isoformat() if isinstance(value, date) else str(value).strip()
        if len(text) > self.longest:
            raise ValidationError(
                [Says("too_long", phrase("longer than %(longest)s characters", longest=f"{self.longest:,}"))]
            )
        if not text and self.required:
            raise ValidationError(self.error_messages["null"])
        return self.check(text) if text else None

    def check(self, text: str) -> str:
        """The text as it is kept; raises ValidationError if it makes no sense."""
        return text


class Brand(Text):
    """What a brand may be called: orders not to write name it, and it is shown to people."""

    def check(self, text: str) -> str:
        """As it is."""
        if not is_brand(text):
            raise ValidationError([Says("bad_brand", BRAND_IS)])
        return text


class Choice(Text):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def check(self, text: str) -> str:
        """One of the choices, word for word."""
        if text in self.choices:
            return text
        expected = ", ".join(self.choices)
        raise ValidationError(
            [
                Says(
                    "not_a_choice",
                    phrase("%(given)s is not one of: %(expected)s", given=repr(text), expected=expected),
                    near(text, self.choices),
                )
            ]
        )


class Url(Text):
    """The address of a page."""

    def check(self, text: str) -> str:
        """Anything with a scheme of the web and a host."""
        if re.fullmatch(r"https?://[^\s/?#]+\.[^\s/?#]+([/?#]\S*)?", text, re.IGNORECASE):
            return text
        guess = f"https://{text}" if re.fullmatch(r"[^\s:/]+\.[^\s:/]+(/\S*)?", text) else ""
        raise ValidationError(
            [
                Says(
                    "not_a_url",
                    phrase("%(given)s is no address of a page; it starts with https://", given=repr(text)),
                    guess,
                )
            ]
        )


class Code(Text):
    """A code of a few letters."""

    def __init__(self, pattern: str, example: str, *, upper: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern, self.example, self.upper = pattern, example, upper

    def check(self, text: str) -> str:
        """The code, in capitals where it is written so."""
        code = text.upper() if self.upper else text
        if re.fullmatch(self.pattern, code):
            return code
        raise ValidationError(
            [
                Says(
                    "not_a_code",
                    phrase("%(given)s is not written like %(example)s", given=repr(text), example=self.example),
                )
            ]
        )


class EncodingName(Text):
    """The encoding of the file."""

    def check(self, text: str) -> str:
        """Its name as Python has it."""
        try:
            return encoding_named(text)
        except CallerError as error:
            found = error.problems[0]
            raise ValidationError([Says(found.code, found.message, found.suggestion or "")]) from None


class Day(fields.Field[date]):
    """A day, written 2026-03-31."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002 - the interface
        if isinstance(value, date):
            return value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ValidationError(
                    [Says("no_such_day", phrase("the calendar has no %(value)s", value=value))]
                ) from None
        raise ValidationError(
            [
                Says(
                    "not_a_day",
                    phrase("%(value)s is not a day written year-month-day, such as 2026-03-31", value=repr(value)),
                )
            ]
        )


class Flag(fields.Field[bool]):
    """true or false, and nothing that looks like it."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002 - the interface
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        guess = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
        raise ValidationError(
            [Says("not_boolean", phrase("%(value)s is neither true nor false", value=repr(value)), guess.get(word, ""))]
        )


class Amount(fields.Field[Decimal]):
    """An amount of money, as a number or in quotes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:  # noqa: ARG002 - the interface
        try:
            amount = Decimal(str(value)) if isinstance(value, str | int | float) else Decimal("nan")
        except InvalidOperation:
            amount = Decimal("nan")
        if isinstance(value, bool) or not amount.is_finite() or amount.adjusted() > 9:  # noqa: PLR2004 - ten digits before the point
            raise ValidationError(
                [Says("not_an_amount", phrase('%(value)s is not an amount; write it like "0.45"', value=repr(value)))]
            )
        if amount < 0:
            raise ValidationError([Says("negative", phrase("a price cannot be negative"))])
        return amount


class Registrations(fields.Field[dict[str, list[int]]]):
    """State -> the years of registration there, one or a list of them."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, list[int]]:  # noqa: ARG002 - the interface
        if not isinstance(value, dict):
            raise ValidationError([Says("not_a_mapping", phrase("expected lines of `state: year`, such as CA: 2026"))])
        wrong: dict[str, Any] = {}
        found: dict[str, list[int]] = {}
        for state, said in value.items():
            code = str(state).strip().upper()
            years = said if isinstance(said, list) else [said]
            if code not in REGISTERS:
                known = ", ".join(sorted(REGISTERS))
                wrong[state] = [
                    Says(
                        "not_a_register",
                        phrase(
                            "%(state)s is no state with a register of brokers: %(known)s",
                            state=repr(state),
                            known=known,
                        ),
                    )
                ]
            elif not years or not all(type(year) is int and EARLIEST <= year <= LATEST for year in years):
                wrong[state] = [
                    Says(
                        "not_a_year", phrase("%(said)s is no year, such as 2026, and no list of them", said=repr(said))
                    )
                ]
            else:
                found[code] = years
        if wrong:
            raise ValidationError(wrong)
        return found


class Uses(fields.Field[dict[str, str]]):
    """Their heading -> our field."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:  # noqa: ARG002 - the interface
        if not isinstance(value, dict):
            raise ValidationError([Says("not_a_mapping", phrase("expected lines of `heading: field`"))])
        wrong: dict[str, Any] = {
            heading: [Says("not_a_field", phrase("%(use)s is no field of ours", use=repr(use)), near(str(use), USES))]
            for heading, use in value.items()
            if use not in USES
        }
        if wrong:
            raise ValidationError(wrong)
        return value
