"""Which box is the yes to mail: read from names and wordings, never guessed, and no refusal is outvoted."""

from itertools import product

import pytest

from gateway.intake.platforms.boxes import Box, Yes, find_no, find_yes, is_about_mail, is_acceptance, read_answer

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


REFUSING = [
    ("x", "I do NOT want to receive the newsletter"), ("x", "Unsubscribe me from all emails"), ("optOut", ""),
    ("emailPreferences", "I don\u2019t wish to receive marketing e-mails"), ("do_not_email", ""),
    ("consent", "Je ne souhaite pas recevoir d'e-mails publicitaires"), ("newsletter", "No newsletter please"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wording"), REFUSING)
@pytest.mark.parametrize("is_consent", [True, None])
def test_a_ticked_box_that_refuses_is_a_no(name, wording, is_consent):
    """Whatever the platform calls the box: an acceptance of "no mail" is no yes."""
    ticked, not_ticked = (Box(name, answer, wording, is_consent) for answer in (True, False))
    assert find_no([ticked], None)
    assert find_yes([ticked], None) is None
    assert not find_no([not_ticked], None)
    assert find_yes([not_ticked], None) is None, "who does not refuse has not said yes"
    assert find_yes([ticked, Box("newsletter", True, "Yes.")], None) == Yes(True, "Yes.")


def test_words_of_a_no_in_a_box_leave_it_open():
    box = Box("newsletter", True, "Email me offers, not calendars")
    assert not find_no([box], None)
    assert find_yes([box], None) == Yes(None, box.wording)
    assert find_yes([box], "newsletter") == Yes(True, box.wording), "unless the source names it"


def test_a_source_that_names_a_box_answers_for_its_words():
    box = Box("optOut", True, "No newsletter please")
    assert not find_no([box], "optOut")
    assert find_yes([box], "optOut") == Yes(True, box.wording)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Yes", True), ("No", False), ("No thanks", False), ("Nein, danke", False), ("Yes, but", None), ("Monthly", None)],
)
def test_answers(text, answer):
    assert read_answer(text) is answer


@pytest.mark.parametrize(
    ("wording", "is_yes"),
    [("", True), ("I agree", True), ("Acepto recibir novedades", True), ("I agree to the terms", False),
     ("You may call me", False), ("I have read the privacy policy", False),
     ("Send me the newsletter as the privacy policy says", True)],
)  # fmt: skip
def test_a_platforms_field_for_consent_is_a_yes_to_mail_unless_it_speaks_of_something_else(wording, is_yes):
    box = Box("field_a1b2", True, wording, is_acceptance(wording))
    assert (find_yes([box], None) is not None) is is_yes
