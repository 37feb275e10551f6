"""What a refusal says of the person: gone, or there and only not reached. The words are servers' own."""

import json

import pytest

from gateway.feedback import sendgrid
from gateway.feedback.status import classify, is_there

FULL_OR_LATER = [
    ("5.1.1", "550 user over quota. (#5.1.1)"),  # qmail-toaster
    ("5.1.1", "550 5.1.1 Mailbox is full / Blocks limit exceeded / Inode limit exceeded"),
    ("5.0.0", "552 too much mail data"),  # docomo
    ("5.0.0", "550 Account disabled temporarly for exceeding receiving limits"),
    ("5.0.0", "554 Delivery failed: over quota"),
    ("5.0.0", "550 The user has too many messages on the server"),
    ("5.0.0", "550 User unknown: the user(s) account is temporarily limited."),  # au
    ("5.1.0", "550 5.1.0 mailbox unavailable, please try again later"),
    (None, "550 boite du destinataire pleine"),
    ("5.0.0", "550 : User unknown"),  # au: it takes mail of chosen domains only
    ("5.0.0", "550 Unknown user ann@docomo.ne.jp (in reply to end of DATA command)"),
]
NOBODY = [
    ("5.0.0", "550 <ann@ezweb.ne.jp>: User unknown"),
    ("5.0.0", "550 Unknown user ann@docomo.ne.jp"),
    ("5.0.0", "550 Unknown user full@example.com"),
    ("5.1.1", "550 5.1.1 <temporary@example.com>... User unknown"),
    ("5.0.0", "550 Invalid recipient: <spam@example.com>"),
    (None, "554 delivery error: dd This user doesn't have a yahoo.com account (quota@example.com) [0]"),
]


@pytest.mark.parametrize(("status", "words"), FULL_OR_LATER)
def test_full_and_later_are_soft_whatever_the_code(status, words):
    assert classify(status, words)[0] == "soft_bounce"
    assert is_there(status, words)


@pytest.mark.parametrize(("status", "words"), NOBODY)
def test_nobody_is_hard_also_where_the_address_is_a_word_of_another_meaning(status, words):
    assert classify(status, words)[0] == "hard_bounce"
    assert not is_there(status, words)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota", "soft_bounce"),
     ("5.0.0", "552 mailbox full", "soft_bounce"), ("4.2.2", "452 4.2.2 full", "soft_bounce"),
     ("5.7.1", "550 5.7.1 rejected by policy", "soft_bounce"), ("5.0.0", "550 blocked using RBL", "soft_bounce"),
     ("", "421 service not available", "soft_bounce"), ("5.2.1", "550 5.2.1 at a rate that prevents", "soft_bounce"),
     ("5.3.4", "552 5.3.4 message too big", "soft_bounce"),
     ("5.2.1", "550 5.2.1 The email account is disabled", "hard_bounce"),
     # What its server did not say is SendGrid's to say.
     ("5.0.0", "550 Requested action not taken: mailbox unavailable", "hard_bounce"), ("", "", "hard_bounce"),
     ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "soft_bounce"),
     ("5.4.4", "unable to resolve route", "hard_bounce"), ("550", "550 No Such User Here", "hard_bounce"),
     *[(status or "", words, "soft_bounce") for status, words in FULL_OR_LATER],
     *[(status or "", words, "hard_bounce") for status, words in NOBODY]],
)  # fmt: skip
def test_what_sendgrid_calls_a_bounce_is_weighed_by_what_the_server_said(status, words, kind):
    row = {"email": "ann@example.com", "event": "bounce", "type": "bounce", "status": status, "reason": words}
    assert [event.kind for event in sendgrid.parse(json.dumps([row]).encode()).events] == [kind]
