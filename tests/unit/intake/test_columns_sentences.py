"""Sentences that refuse mail, those that do not, and those of which nobody can say."""

import pytest

from gateway.intake.columns.sentences import says_no

REFUSE = [
    "I do NOT want to receive the newsletter",
    "Unsubscribe me from all emails",
    "No, please do not send me emails",
    "Do not contact me",
    "I do not want to receive marketing emails",
    "No emails please",
    "Ich möchte keinen Newsletter erhalten",
    "I do not wish to receive marketing emails",
    "Je ne souhaite pas recevoir d'e-mails publicitaires",
    "No newsletter please",
    "I don't want to receive offers",
    "I don\u2019t want to hear from you",
    "We'd love to send you offers by email. If you do not want to hear from us, tick here.",
    "No deseo recibir publicidad",
    "Non desidero ricevere comunicazioni",
    "Opt out of marketing emails",
    "Please remove me",
    "I want to unsubscribe",
    "\u041d\u0435 присылайте мне рассылку",
    "Please tick if you would rather not receive our newsletter.",
    "Keine Werbung",
    "Ik wil geen nieuwsbrief",
    "Opt me out of your mailings",
]
DO_NOT = [
    "Yes, send me offers by e-mail.",
    "I agree to receive emails. I can unsubscribe at any time.",
    "You can unsubscribe at any time",
    (
        "I agree to receive other communications from Example. You can unsubscribe from these communications at any "
        "time. For more information on how to unsubscribe, our privacy practices, and how we are committed to "
        "protecting and respecting your privacy, please review our Privacy Policy."
    ),
    "Don't miss our offers! Sign me up.",
    "Never miss an update",
    "Sign me up for the newsletter, no spam",
    "We will not share your email. Send me news.",
    "Ja, ich möchte den Newsletter per E-Mail. Ich kann mich jederzeit abmelden.",
    "Ja, die Example Inc. darf mir den Hafenbrief schicken.",
    "J'accepte de recevoir la newsletter. Je peux me désabonner à tout moment.",
    "I did not receive your email with the coupon",
    "I understand that I may opt out",
    "Acepto recibir novedades. Puedo darme de baja en cualquier momento.",
    "Send me your newsletter. Unsubscribe anytime.",
    "Да, присылайте рассылку. Отписаться можно в любой момент.",
    "Send me offers. To unsubscribe, click the link in any email",
    "Send me non-profit news",
    "Ask for a no-obligation offer",
    "Yes.",
    "",
    "Sie können der Werbung jederzeit widersprechen",
]
MAY = [
    "Yes, send me emails but not offers",
    "Email me offers, not calls",
    "Uncheck this box if you do not want emails",
    "Ich möchte den Newsletter nicht erhalten",
    "Emails: no thanks",
    "Yes, opt me out",
    "Si vous ne souhaitez pas recevoir nos offres, cochez",
]


@pytest.mark.parametrize("text", REFUSE)
def test_refusals(text):
    assert says_no(text) is True
    assert says_no(text.upper().replace("\u2019", "'")) is True


@pytest.mark.parametrize("text", DO_NOT)
def test_a_yes_that_tells_how_to_leave_is_no_refusal(text):
    assert says_no(text) is False


@pytest.mark.parametrize("text", MAY)
def test_what_may_mean_either_is_left_open(text):
    assert says_no(text) is None
