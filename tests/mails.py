"""Reports as mail systems write them: delivery statuses, feedback reports, bounces in words. People are made up."""

from collections.abc import Sequence

DATE = "Mon, 3 Nov 2025 14:15:35 +0900"
QUOTED = "From: News <news@example.org>\nTo: {to}\nSubject: Autumn offers\nMessage-ID: <abc@example.org>\n"


def mail(body: str, *headers: str, sender: str = "MAILER-DAEMON@mx.example.net", date: str = DATE) -> bytes:
    """A message of a mail server."""
    name = "Mail Delivery Subsystem" if "DAEMON" in sender else "Lee"
    top = [
        "Return-Path: <>", f"From: {name} <{sender}>", "To: <bounce-7f3a@example.org>",
        f"Date: {date}", "Message-ID: <report-1@mx.example.net>", "MIME-Version: 1.0", *headers,
    ]  # fmt: skip
    return ("\n".join(top) + "\n\n" + body).encode()


def report(kind: str, part: str, *, part_type: str, text: str = "A report.", quoted: str | None = None,
           quoted_type: str = "text/rfc822-headers", encoding: str = "", date: str = DATE) -> bytes:  # fmt: skip
    """A multipart/report of this kind with its machine-readable part."""
    coded = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    parts = [f"Content-Type: text/plain\n\n{text}\n", f"Content-Type: {part_type}\n{coded}\n{part}"]
    if quoted is not None:
        parts.append(f"Content-Type: {quoted_type}\n\n{quoted}")
    body = "".join(f"--b1\n{one}\n" for one in parts) + "--b1--\n"
    return mail(body, f'Content-Type: multipart/report; report-type={kind}; boundary="b1"', date=date)


def dsn(*people: str, to: str | None = None, **more: str) -> bytes:
    """A delivery status with a block for each recipient."""
    part = "\n".join(["Reporting-MTA: dns; mx.example.net\nArrival-Date: " + DATE + "\n", *people])
    quoted = None if to is None else QUOTED.format(to=to)
    return report("delivery-status", part, part_type="message/delivery-status", quoted=quoted, **more)


def block(address: str, status: str, words: str = "", *, action: str = "failed", original: str = "") -> str:
    """One recipient's fields."""
    lines = [f"Original-Recipient: rfc822; {original}"] if original else []
    lines += [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    return "\n".join([*lines, *([f"Diagnostic-Code: smtp; {words}"] if words else [])]) + "\n"


def arf(kind: str, *fields: str, quoted_to: str = "<redacted>", **more: str) -> bytes:
    """A feedback report."""
    part = "\n".join([f"Feedback-Type: {kind}", "User-Agent: ExampleFBL/1.0", "Version: 1", *fields]) + "\n"
    quoted = QUOTED.format(to=quoted_to) + "\nHello\n"
    return report(
        "feedback-report",
        part,
        part_type="message/feedback-report",
        quoted=quoted,
        quoted_type="message/rfc822",
        **more,
    )


def words(text: str, *headers: str) -> bytes:
    """A bounce without a delivery status."""
    return mail(text, "Content-Type: text/plain; charset=utf-8", *headers)


GONE, FULL = "gone@example.com", "full@example.com"
Expected = Sequence[tuple[str, str]]
"""(kind, address) of each event; none: the message is refused."""

POSTFIX = "host mx.example.com[192.0.2.1] said: "
STATUSES: dict[str, tuple[str, str, str]] = {
    # name: status, the server's words, the kind
    "postfix_unknown": ("5.1.1", f"550 5.1.1 <{GONE}>: Recipient address rejected: User unknown", "hard_bounce"),
    "postfix_local": ("5.1.1", "550 5.1.1 User unknown in virtual mailbox table", "hard_bounce"),
    "postfix_no_domain": ("5.4.4", "Host or domain name not found. Name service error type=A: Host not found",
                          "hard_bounce"),
    "postfix_null_mx": ("5.1.0", "Domain example.com does not accept mail (nullMX)", "hard_bounce"),
    "rfc7505": ("5.1.10", "556 5.1.10 Recipient address has null MX", "hard_bounce"),
    "postfix_expired": ("4.4.1", "connect to mx.example.com[192.0.2.1]:25: Connection timed out", "soft_bounce"),
    "postfix_loop": ("5.4.6", "554 5.4.6 mail forwarding loop", "soft_bounce"),
    "postfix_too_big": ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", "soft_bounce"),
    "postfix_blocked": ("5.7.1", "554 5.7.1 Service unavailable; client blocked using zen.example", "soft_bounce"),
    "gmail_unknown": ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 gsmtp",
                      "hard_bounce"),
    "gmail_disabled": ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled.", "hard_bounce"),
    "gmail_rate": ("5.2.1", "550-5.2.1 The user you are trying to contact is receiving mail at a rate that is too high",
                   "soft_bounce"),
    "gmail_full": ("5.2.2", "552-5.2.2 The recipient's inbox is out of storage space", "soft_bounce"),
    "gmail_spam": ("5.7.1", "550-5.7.1 Our system has detected that this message is likely unsolicited mail",
                   "soft_bounce"),
    "gmail_dmarc": ("5.7.26", "550-5.7.26 Unauthenticated email is not accepted due to DMARC policy", "soft_bounce"),
    "outlook_unknown": ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", "soft_bounce"),
    "outlook_gone": ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
                     "hard_bounce"),
    "outlook_dbeb": ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "soft_bounce"),
    "outlook_515": ("5.7.515", "550 5.7.515 Access denied, sending domain does not meet the required authentication",
                    "soft_bounce"),
    "exchange_restricted": ("5.7.1", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "soft_bounce"),
    "exchange_expired": ("4.4.7", "550 4.4.7 QUEUE.Expired; message expired", "soft_bounce"),
    "exchange_sender": ("5.1.8", "550 5.1.8 Access denied, bad outbound sender", "soft_bounce"),
    "exchange_90": ("5.1.90", "550 5.1.90 Your message can't be sent because you've reached your daily limit",
                    "soft_bounce"),
    "yahoo_gone": ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.example account (gone) [0]",
                   "hard_bounce"),
    "yahoo_deferred": ("4.7.0", "421 4.7.0 [TSS04] Messages deferred due to user complaints", "soft_bounce"),
    "exim_general": ("5.0.0", "550 5.1.1 <gone@example.com>: User unknown", "hard_bounce"),
    "exim_no_such": ("5.0.0", "550 No Such User Here", "hard_bounce"),
    "exim_general_policy": ("5.0.0", "550 rejected because the sending host is in a blacklist", "soft_bounce"),
    "sendmail_mailbox": ("5.1.1", "550 5.1.1 <gone@example.com>... User unknown", "hard_bounce"),
    "sendmail_moved": ("5.1.6", "551 5.1.6 User has moved; please try another", "hard_bounce"),
    "sendmail_host": ("5.1.2", "550 Host unknown (Name server: no.example.com: host not found)", "hard_bounce"),
    "sendmail_quota": ("5.2.2", "552 5.2.2 mailbox full; quota exceeded", "soft_bounce"),
    "syntax": ("5.1.3", "501 5.1.3 Bad recipient address syntax", "hard_bounce"),
    "content": ("5.6.0", "554 5.6.0 Message contains invalid header", "soft_bounce"),
    "protocol": ("5.5.2", "500 5.5.2 Error: bad syntax", "soft_bounce"),
    "status_with_comment": ("5.1.1 (bad destination mailbox address)", "", "hard_bounce"),
    "status_alone": ("5.1.1", "", "hard_bounce"),
    "status_says_nothing": ("5.0.0", "", "soft_bounce"),
    "an_address_of_a_network": ("5.0.0", "550 sending host 5.1.1.9 is not welcome", "soft_bounce"),
    "server_outweighs_report": ("5.1.1", "452 4.2.2 Over quota", "soft_bounce"),
}  # fmt: skip

COPY = (
    "\n------ This is a copy of the message, including all the headers. ------\n\nFrom: news@example.org\n"
    "To: other@example.net\n\n550 5.1.1 User unknown\n"
)
IN_WORDS: dict[str, tuple[bytes, Expected]] = {
    "exim": (
        words(
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            f"delivered to one or more of its\nrecipients. This is a permanent error.\n\n  {GONE}\n    SMTP error from "
            f"remote mail server after RCPT TO:<{GONE}>:\n    host mx.example.com [192.0.2.1]: 550 5.1.1 <{GONE}>: "
            "User unknown\n" + COPY, f"X-Failed-Recipients: {GONE}", "Auto-Submitted: auto-replied",
        ), [("hard_bounce", GONE)],
    ),
    "exim_two": (
        words(
            f"The following address(es) failed:\n\n  {GONE}\n    Unknown user\n  {FULL}\n    552 5.2.2 mailbox full\n",
            f"X-Failed-Recipients: {GONE}, {FULL}",
        ), [("hard_bounce", GONE), ("soft_bounce", FULL)],
    ),
    "qmail": (
        words(
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message "
            f"to the following addresses.\n\n<{GONE}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\nReturn-Path: <news@example.org>\nTo: x@example.com\n"
        ), [("hard_bounce", GONE)],
    ),
    "qmail_remote": (
        words(
            f"Hi. This is the qmail-send program.\n\n<{GONE}>:\n192.0.2.1 does not like recipient.\nRemote host said: "
            f"550 5.1.1 <{GONE}> unknown\nGiving up on 192.0.2.1.\n"
        ), [("hard_bounce", GONE)],
    ),
    "qmail_gave_up": (
        words(f"Hi. This is the qmail-send program.\n\n<{GONE}>:\nI'm not going to try again. (#4.4.1)\n"),
        [("soft_bounce", GONE)],
    ),
    "gmail_old": (
        words(
            f"Delivery to the following recipient failed permanently:\n\n     {GONE}\n\nTechnical details of permanent "
            "failure: \nThe error that the other server returned was:\n550 5.1.1 User unknown\n\n----- Original "
            f"message -----\n\nTo: {FULL}\n", f"X-Failed-Recipients: {GONE}",
        ), [("hard_bounce", GONE)],
    ),
    "exchange_5_5": (
        words(
            "Your message\n\n  To:      somebody@example.net\n  Subject: Your account is disabled\n\ndid not reach the "
            f"following recipient(s):\n\n{GONE} on Thu, 29 Apr 2007 16:51:51 -0500\n    The recipient name is not "
            "recognized\n    MSEXCH:IMS:EXAMPLE 0 (000C05A6) Unknown Recipient\n"
        ), [("hard_bounce", GONE)],
    ),
    "sendmail_transcript": (
        words(
            f"   ----- The following addresses had permanent fatal errors -----\n<{GONE}>\n    (reason: 550 5.1.1 "
            "User unknown)\n\n   ----- Original message -----\nTo: x@example.com\n"
        ), [("hard_bounce", GONE)],
    ),
    "gmx": (
        words(f"The following address\nfailed:\n\n<{GONE}>\n\nReason:\ndelivery retry timeout exceeded\n"),
        [("soft_bounce", GONE)],
    ),
    "postfix_text_only": (
        words(f"This is the mail system.\n\n<{GONE}>: {POSTFIX}550 5.1.1 User unknown (in reply to RCPT TO command)\n"),
        [("hard_bounce", GONE)],
    ),
    "html_only": (
        mail(
            f"<html><body><p>Delivery failed</p><p>\n&lt;{GONE}&gt;: 550 5.1.1 User unknown</p></body></html>\n",
            "Content-Type: text/html",
        ), [("hard_bounce", GONE)],
    ),
    "vacation": (
        mail("I am away until Monday. Ask ann@example.com.", "Auto-Submitted: auto-replied", sender="lee@example.com")
        .replace(b"Return-Path: <>\n", b""), [],
    ),
    "vacation_of_a_postmaster": (
        words("I am away until Monday.\nann@example.com takes my mail.", "Auto-Submitted: auto-replied"), [],
    ),
    "a_letter": (
        mail("Hello\n<gone@example.com>: 550 5.1.1 User unknown is what I got.", sender="lee@example.com")
        .replace(b"Return-Path: <>\n", b""), [],
    ),
    "transcript_without_recipient": (
        words("   ----- Transcript of session follows -----\n421 example.com... Deferred: Connection timed out\n"), [],
    ),
}  # fmt: skip

REPORTS: dict[str, tuple[bytes, Expected]] = {
    "several": (
        dsn(block(GONE, "5.1.1"), block(FULL, "5.2.2"), block("slow@example.com", "4.4.7", action="delayed"),
            block("here@example.com", "2.0.0", action="delivered"), block("x@example.com", "2.0.0", action="relayed"),
            block("l@example.com", "2.0.0", action="expanded")),
        [("hard_bounce", GONE), ("soft_bounce", FULL), ("soft_bounce", "slow@example.com"),
         ("delivered", "here@example.com"), ("delivered", "x@example.com"), ("delivered", "l@example.com")],
    ),
    "forwarded": (dsn(block("new@example.net", "5.1.1", original=GONE)), [("hard_bounce", GONE)]),
    "no_action": (dsn("Final-Recipient: rfc822; gone@example.com\nStatus: 5.1.1\n"), [("hard_bounce", GONE)]),
    "no_status": (
        dsn(f"Final-Recipient: rfc822; {GONE}\nAction: failed\nDiagnostic-Code: smtp; 550 User unknown\n"),
        [("hard_bounce", GONE)],
    ),
    "delayed_without_status": (dsn(f"Final-Recipient: rfc822; {GONE}\nAction: delayed\n"), [("soft_bounce", GONE)]),
    "odd_case": (dsn(f"FINAL-RECIPIENT: RFC822;{GONE}\nACTION: Failed\nSTATUS: 5.1.1\n"), [("hard_bounce", GONE)]),
    "no_type": (dsn(f"Final-Recipient: {GONE}\nAction: failed\nStatus: 5.1.1\n"), [("hard_bounce", GONE)]),
    "in_brackets": (dsn(f"Final-Recipient: rfc822; <{GONE}>\nAction: failed\nStatus: 5.1.1\n"),
                    [("hard_bounce", GONE)]),
    "folded": (dsn(f"Final-Recipient: rfc822;\n {GONE}\nAction: failed\nStatus: 5.1.1\n"), [("hard_bounce", GONE)]),
    "xtext": (dsn(block("x@example.net", "5.1.1", original="gone+2Blist@example.com")),
              [("hard_bounce", "gone+list@example.com")]),
    "xtext_whole": (dsn(block("x@example.net", "5.1.1", original="gone+40example.com")), [("hard_bounce", GONE)]),
    "utf_8": (
        dsn("Final-Recipient: utf-8; j\\x{F6}rg@example.com\nAction: failed\nStatus: 5.1.1\n"),
        [("hard_bounce", "jörg@example.com")],
    ),
    "x400": (dsn("Final-Recipient: x400; /S=gone/@example.com\nAction: failed\nStatus: 5.1.1\n"), []),
    "base64": (
        dsn(encoding="base64").replace(
            b"Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 3 Nov 2025 14:15:35 +0900\n",
            b"UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlLm5ldAoKRmluYWwtUmVjaXBpZW50OiByZmM4\n"
            b"MjI7IGdvbmVAZXhhbXBsZS5jb20KQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=\n",
        ), [("hard_bounce", GONE)],
    ),
    "crlf": (dsn(block(GONE, "5.1.1")).replace(b"\n", b"\r\n"), [("hard_bounce", GONE)]),
    "bare_cr": (dsn(block(GONE, "5.1.1")).replace(b"\n", b"\r"), [("hard_bounce", GONE)]),
    "no_recipient": (dsn("Action: failed\nStatus: 5.1.1\n"), []),
    "recipient_without_anything": (dsn(f"Final-Recipient: rfc822; {GONE}\n"), []),
    "empty_status_part": (report("delivery-status", "", part_type="message/delivery-status"), []),
    "a_report_quoted_in_a_letter": (
        mail("--b2\nContent-Type: message/rfc822\n\n" + dsn(block(GONE, "5.1.1")).decode() + "\n--b2--\n",
             'Content-Type: multipart/mixed; boundary="b2"', sender="lee@example.com")
        .replace(b"Return-Path: <>\n", b"", 1), [],
    ),
    "arf_abuse": (arf("abuse", "Original-Rcpt-To: <angry@example.com>"), [("complaint", "angry@example.com")]),
    "arf_fraud": (arf("fraud", "Original-Rcpt-To: angry@example.com"), [("complaint", "angry@example.com")]),
    "arf_virus": (arf("virus", "Original-Rcpt-To: angry@example.com"), [("complaint", "angry@example.com")]),
    "arf_other": (arf("other", "Original-Rcpt-To: angry@example.com"), [("complaint", "angry@example.com")]),
    "arf_opt_out": (arf("opt-out", "Removal-Recipient: angry@example.com"), [("unsubscribe", "angry@example.com")]),
    "arf_not_spam": (arf("not-spam", "Original-Rcpt-To: fond@example.com"), [("not_spam", "fond@example.com")]),
    "arf_auth_failure": (arf("auth-failure", "Auth-Failure: spf", "Original-Rcpt-To: ann@example.com"),
                         [("auth_failure", "ann@example.com")]),
    "arf_dmarc": (arf("something-new", "Original-Rcpt-To: ann@example.com"), [("other", "ann@example.com")]),
    "arf_upper_case": (arf("ABUSE", "ORIGINAL-RCPT-TO: angry@example.com"), [("complaint", "angry@example.com")]),
    "arf_redacted_but_quoted": (
        arf("abuse", "Original-Rcpt-To: <redacted@example.net>", quoted_to="Angry <angry@example.com>"),
        [("complaint", "angry@example.com")],
    ),
    "arf_blacked_out": (arf("abuse", quoted_to='"REDACTED" <postmaster@example.com>'), [("complaint", "")]),
    "arf_two_quoted": (arf("abuse", quoted_to="a@example.com, b@example.com"), [("complaint", "")]),
    "arf_two_types": (arf("abuse", "Feedback-Type: not-spam", "Original-Rcpt-To: ann@example.com"), []),
    "arf_no_type": (arf("abuse").replace(b"Feedback-Type: abuse\n", b""), []),
}  # fmt: skip


def corpus() -> dict[str, tuple[bytes, Expected]]:
    """Every message by name, with what it must give."""
    said = {
        f"dsn_{name}": (dsn(block(GONE, status, text), to=GONE), [(kind, GONE)])
        for name, (status, text, kind) in STATUSES.items()
    }
    return {**said, **IN_WORDS, **REPORTS}
