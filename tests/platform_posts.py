"""Samples of platforms as requests: each with what its source must have set, and the headers that prove the sender."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from gateway.intake.forms import Form
from gateway.intake.platforms.proof import base64_hmac, digest_of, hex_hmac

FOLDER = Path(__file__).parent / "samples" / "platforms"
TOKEN = "a-token-of-thirty-two-characters"
JSON, URLENCODED = "application/json", "application/x-www-form-urlencoded"
SECRETS = {
    "google-ads": {"key": "shared-secret-set-in-the-form"},
    "meta": {"app_secret": "meta-app-secret", "verify_token": "meta-verify", "access_token": "meta-access-token"},
    "typeform": {"secret": "typeform-secret"},
    "jotform": {"token": digest_of(TOKEN)},
    "elementor": {"token": digest_of(TOKEN)},
    "contact-form-7": {},
    "hubspot": {"token": digest_of(TOKEN)},
    "salesforce": {"oid": "00D000000000EXA", "consent_box": "00N5Y00000EXAMP"},
    "leadconduit": {"token": digest_of(TOKEN)},
    "boberdoo": {"key": "boberdoo-key-of-the-tests"},
}
FORM = Form(platforms=SECRETS)


@dataclass(frozen=True)
class Post:
    """One sample and how it travels."""

    file: str
    platform: str
    content_type: str
    rest: str = ""
    address: str = ""  # whose lead it is

    @property
    def body(self) -> bytes:
        """Byte for byte."""
        return (FOLDER / self.file).read_bytes()

    @property
    def path(self) -> str:
        """Where it is posted, to the source `demo`."""
        return f"/v1/sources/lead/{self.platform}" + (f"/{self.rest}" if self.rest else "")

    def headers(self, body: bytes | None = None) -> dict[str, str]:
        """What the platform signs, over these bytes."""
        raw = self.body if body is None else body
        if self.platform == "typeform":
            return {"Typeform-Signature": base64_hmac(raw, SECRETS["typeform"]["secret"])}
        if self.platform == "meta":
            return {"X-Hub-Signature-256": hex_hmac(raw, SECRETS["meta"]["app_secret"])}
        return {}


CF7 = "v1/contact-forms/516/feedback"
POSTS = (
    Post("google-ads-lead.json", "google-ads", JSON, address="maya.ortiz@example.com"),
    Post("typeform.json", "typeform", JSON, address="aiko.sato@example.jp"),
    Post("jotform-multipart.txt", "jotform", "multipart/form-data; boundary=X", TOKEN, "samuel.otieno@example.com"),
    Post("elementor-advanced.txt", "elementor", URLENCODED, TOKEN, "lucia.prieto@example.es"),
    Post("elementor-flat.txt", "elementor", URLENCODED, TOKEN, "lucia.prieto@example.es"),
    Post("contact-form-7.txt", "contact-form-7", URLENCODED, CF7, "femi.adeola@example.ng"),
    Post("hubspot-forms.json", "hubspot", JSON, TOKEN, "nina.holt@example.com"),
    Post("salesforce.txt", "salesforce", URLENCODED, "", "nora.lind@example.com"),
    Post("leadconduit.json", "leadconduit", JSON, TOKEN, "mike.jones@example.com"),
    Post("boberdoo-post.txt", "boberdoo", URLENCODED, "", "ida.moreau@example.com"),
)
WEBHOOK = Post("meta-leadgen-webhook.json", "meta", JSON)


def of(name: str) -> Post:
    """The sample of this file."""
    return next(post for post in (*POSTS, WEBHOOK) if post.file == name)


@dataclass
class Sender:
    """Posts samples to one gateway, changed or as they are."""

    web: object
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def open(self, **changes) -> None:
        """Make the source `lead` with every platform set."""
        self.web.source("lead", form=FORM, **changes)

    def post(self, post: Post, body: bytes | None = None, **headers: str):
        """Post a sample, or other bytes with a signature that fits them."""
        raw = post.body if body is None else body
        return self.web.client.post(
            post.path, data=raw, content_type=post.content_type, headers={**post.headers(raw), **headers}
        )
