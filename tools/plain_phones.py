"""Write gateway/screening/data/plain-phones.tsv: the numbers that phonenumbers leaves as they are.

Run after an upgrade of phonenumbers: ``python tools/plain_phones.py > gateway/screening/data/plain-phones.tsv``. A test
compares the file with what this makes of the installed library.

A number ``+CC N`` is left as it is and possible when no national prefix can begin N (the first digit of N begins no
match of the country's ``national_prefix_for_parsing``) and N has one of the country's possible lengths. Both are read
from the library's own metadata; nothing is tried out.
"""

from collections.abc import Iterator
from re import _constants as constants
from re import _parser as parser
from typing import Any

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

DIGITS = "0123456789"
HEAD = """\
# Numbers in international form that phonenumbers {version} leaves as they are and finds possible.
# Compiled 2026-11-21 by tools/plain_phones.py out of the library's metadata; a test makes it again and compares.
# code	lengths of the number behind it	first digits of the number behind it"""


def table() -> list[str]:
    """The lines of the file."""
    lines = HEAD.format(version=phonenumbers.__version__).splitlines()
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        nowhere = regions[0] == "001"
        metadata = (
            PhoneMetadata.metadata_for_nongeo_region(code, None) if nowhere
            else PhoneMetadata.metadata_for_region(regions[0], None)
        )  # fmt: skip
        prefixes = metadata.national_prefix_for_parsing
        taken = set() if prefixes is None else first_digits(prefixes)
        free = "".join(digit for digit in DIGITS if digit not in taken)
        if free:
            lengths = ",".join(map(str, metadata.general_desc.possible_length))
            lines.append(f"{code}\t{lengths}\t{free}")
    return lines


def first_digits(pattern: str) -> set[str]:
    """The digits with which a match of the pattern may begin; all of them where it may match nothing at all."""
    found, may_be_empty = _firsts(list(parser.parse(pattern)))
    # A match of nothing strips nothing, but a transform could add; no pattern of the library is so.
    return set(DIGITS) if may_be_empty else found


def _firsts(items: list[Any]) -> tuple[set[str], bool]:
    found: set[str] = set()
    for operator, argument in items:
        digits, may_be_empty = _first_of(operator, argument)
        found |= digits
        if not may_be_empty:
            return found, False
    return found, True


def _first_of(operator: Any, argument: Any) -> tuple[set[str], bool]:
    match operator:
        case constants.LITERAL:
            return {chr(argument)}, False
        case constants.IN:
            return set(_members(argument)), False
        case constants.MAX_REPEAT:
            least, _, inner = argument
            digits, may_be_empty = _firsts(list(inner))
            return digits, may_be_empty or least == 0
        case constants.SUBPATTERN:
            return _firsts(list(argument[3]))
        case constants.BRANCH:
            branches = [_firsts(list(branch)) for branch in argument[1]]
            return set().union(*(digits for digits, _ in branches)), any(empty for _, empty in branches)
        case constants.AT:
            return set(), True
        case _:
            raise NotImplementedError(f"a pattern with {operator}")


def _members(items: list[Any]) -> Iterator[str]:
    for operator, argument in items:
        if operator is constants.LITERAL:
            yield chr(argument)
        elif operator is constants.RANGE:
            yield from map(chr, range(argument[0], argument[1] + 1))
        elif operator is constants.CATEGORY and argument is constants.CATEGORY_DIGIT:
            yield from DIGITS
        else:
            raise NotImplementedError(f"a set with {operator}")


if __name__ == "__main__":
    print("\n".join(table()))
