"""Which box is the yes to mail: read from names and wordings, never guessed, and no refusal is outvoted."""

from itertools import product

import pytest

from gateway.intake.platforms.boxes import Box, Yes, find_yes, is_about_mail

ABOUT_MAIL = [
    ("consent_email", ""), ("marketingConsent", ""), ("marketing_email_ok", ""), ("x", "May we email you offers?"),
    ("x", "I agree to receive product news by email"), ("x", "Acepto recibir novedades"), ("newsletter", ""),
    ("x", "Ja, ich möchte den Newsletter per E-Mail."), ("x", "Да, рассылка"), ("acceptance", ""),
]  # fmt: skip
ABOUT_ELSE = [
    ("share_with_partners", ""), ("x", "I accept the terms and conditions"), ("sms_marketing", ""), ("homeowner", ""),
    ("x", "Email me and text me offers"), ("x", "Share my email with third parties"), ("SERVICE", ""), ("", ""),
    ("x", "Do you own your home?"), ("tcpa_consent", ""), ("x", "You may call me about offers"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wording"), ABOUT_MAIL)
def test_boxes_about_mail(name, wording):
    assert is_about_mail(Box(name, True, wording))
    assert find_yes([Box(name, True, wording)], None) == Yes(True, wording)


@pytest.mark.parametrize(("name", "wording"), ABOUT_ELSE)
def test_boxes_about_something_else_or_more(name, wording):
    assert not is_about_mail(Box(name, True, wording))
    assert find_yes([Box(name, True, wording)], None) is None


@pytest.mark.parametrize("answers", list(product([True, False, None], repeat=3)))
def test_all_boxes_about_mail_must_be_ticked(answers):
    yes = find_yes([Box("newsletter", answer, f"w{place}") for place, answer in enumerate(answers)], None)
    assert yes.ticked is (False if False in answers else None if None in answers else True)
    assert yes.wording == "w0\nw1\nw2"


def test_a_source_that_names_its_box_is_believed():
    boxes = [Box("00N1", True, "Call me"), Box("newsletter", False)]
    assert find_yes(boxes, "00N1") == Yes(True, "Call me")
    assert find_yes(boxes, "00N2") is None


def test_a_platforms_own_word_goes_before_names():
    assert find_yes([Box("newsletter", True, is_consent=False)], None) is None
    assert find_yes([Box("x", False, is_consent=True)], None) == Yes(False, "")
