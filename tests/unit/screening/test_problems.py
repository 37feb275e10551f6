"""Every complaint of email-validator has a code of ours."""

import ast
from pathlib import Path

import email_validator
import pytest

from gateway.domain.facts import CATALOGUE
from gateway.screening.address import problems
from gateway.screening.address.problems import code_of
from gateway.screening.address.syntax import normalise


def words_of(node):
    """The fixed words of a message, whatever is filled in between them."""
    return " ".join(
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def complaints():
    """All messages in the library's source: where it raises, and the templates it fills in elsewhere."""
    folder = Path(email_validator.__file__).parent
    for tree in (ast.parse((folder / name).read_text()) for name in ("syntax.py", "validate_email.py")):
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                text = words_of(node.exc.args[0])
                if " " in text and not text.startswith(("email must be", "After Unicode normalization")):
                    yield text
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "{}" in node.value:
                yield node.value


def test_the_library_was_read():
    assert len(list(complaints())) > 30


def test_every_complaint_has_a_pattern_of_its_own():
    unknown = [
        text
        for text in complaints()
        if problems._EITHER_SIDE not in text and not any(p.search(text) for _, p in problems._PATTERNS)
    ]
    assert unknown == []


def test_every_code_stands_in_the_catalogue():
    codes = set(problems._WORDS) | {"none", "missing"}
    assert codes == set(CATALOGUE["address.problem"].choices)


def test_words_nobody_knows_are_still_a_problem():
    assert code_of("The moon is full.", "ann@example.com") == "bad_characters"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing"),
        ("  \u200b ", "missing"),
        ("ann", "no_at"),
        ("ann\uff20example.com", "no_at"),
        ("@example.com", "no_local_part"),
        ("ann@", "no_domain"),
        ("a" * 65 + "@example.com", "local_part_too_long"),
        ("ann@" + "a." * 130 + "com", "too_long"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".com", "too_long"),
        ("a" * 5000 + "@example.com", "too_long"),
        ("ann..smith@example.com", "bad_local_part"),
        ("ann smith@example.com", "bad_local_part"),
        ("ann.@example.com", "bad_local_part"),
        ('"ann"@example.com', "bad_local_part"),
        ("ann@example..com", "bad_domain"),
        ("ann@gmail,com", "bad_domain"),
        ("ann@-example.com", "bad_domain"),
        ("ann@example.c0m1", "bad_domain"),
        ("ann@" + "a" * 64 + ".com", "bad_domain"),
        ("ann@xn--99.com", "bad_domain"),
        ("ann@localdomain", "domain_without_dot"),
        ("ann@192.0.2.1", "ip_address"),
        ("ann@[192.0.2.1]", "ip_address"),
        ("ann@[IPv6:2001:db8::1]", "ip_address"),
        ("ann@printer.local", "special_use"),
        ("ann@shop.test", "special_use"),
        ("ann@shop.example", "special_use"),
        ("ann@mail.corp", "special_use"),
        ("Ann <ann@example.com>", "bad_characters"),
        ("ann\u202e@example.com", "bad_characters"),
    ],
)
def test_what_is_wrong_with_an_address(text, problem):
    assert normalise(text).problem == problem


@pytest.mark.parametrize("domain", ["example.com", "example.net", "example.org", "harbor.example.com"])
def test_the_example_domains_are_left_to_dns(domain):
    """RFC 6761 section 6.5: software should not treat them specially."""
    assert normalise(f"ann@{domain}").problem == "none"
