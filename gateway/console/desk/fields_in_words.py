"""What a column of a list may mean, in words, as the wizard offers it. Every field a manifest may name is here."""

FIELD_GROUPS = (
    ("The person", (
        ("email", "E-mail address"), ("other_emails", "Further e-mail addresses"), ("first_name", "First name"),
        ("last_name", "Last name"), ("phone", "Phone"), ("phone.coded", "Phone, with the country's code in it"),
        ("country", "Country"), ("region", "State or province"), ("language", "Language"), ("born_on", "Birthday"),
        ("age", "Age"), ("subscriber", "Private person or company"),
    )),
    ("What they agreed to", (
        ("consent_at", "When they agreed"), ("consent_ticked", "Whether they ticked the box"),
        ("consent_preticked", "Whether the box was ticked before"), ("consent_wording", "The words they saw"),
        ("consent_url", "The page"), ("consent_ip", "Address of the network (IP)"), ("consent_agent", "Browser"),
        ("confirmed_at", "When they confirmed"), ("confirmed_ip", "IP when they confirmed"),
        ("certificate_url", "Certificate of the form session"), ("lead_token", "Token of the lead (LeadiD)"),
        ("purposes", "For which purposes"), ("collected_at", "When it was collected"),
        ("last_dealing_at", "Last dealing"),
    )),
    ("What they refused", (
        ("stop", "Wants no mail"), ("stop.filled", "Wants no mail if anything stands here"),
        ("stop.status", "Status that may say: no mail"), ("stop.wanted", "Whether mail is wanted (no refuses)"),
        ("no_sale", "No selling of their data"), ("do_not_call", "No calls"),
    )),
    ("Dates and times in two columns", tuple(
        (f"{name}.{half}", f"{words}: {half}")
        for name, words in (
            ("consent_at", "When they agreed"), ("confirmed_at", "When they confirmed"),
            ("collected_at", "When it was collected"), ("born_on", "Birthday"), ("last_dealing_at", "Last dealing"),
        )
        for half in ("date", "time")
    )),
    ("Other", (
        ("is_test", "Marks a test"), ("is_test.id", "Number that tests share"),
        ("attribute", "Nothing to us: keep it with the row"),
    )),
)  # fmt: skip

_WORDS = {use: words for _, fields in FIELD_GROUPS for use, words in fields}


def field_words(use: str) -> str:
    """A use of a column in words; cautions and what is only kept have theirs."""
    if use.startswith("caution"):
        return "Looks like consent, is not taken for it"
    return "Kept with the row" if use == "kept" else _WORDS.get(use, use.replace("_", " "))
