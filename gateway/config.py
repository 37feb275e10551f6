"""Settings: read once from GATEWAY_* into one frozen object. Nothing else in the gateway looks at the environment."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "GATEWAY_"
SECRET_FILE, FORMER_FILE = "secret.key", "former-secret.keys"  # under data, where no setting gives them
MIN_SECRET = 32  # characters; 128 bits in hex
MAX_PORT = 65535
BROKERS = ("amqp://", "amqps://", "redis://", "rediss://", "pgmq://")
SECRETS = frozenset(
    {"secret_key", "former_secret_keys", "smtp_url", "oidc_client_secret", "trustedform_key"}
)  # never shown
DATABASE_BROKER = "database"  # PGMQ in our own PostgreSQL


class SettingsError(Exception):
    """The settings make no sense; says which, why and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Each field is the setting GATEWAY_<NAME>; docs/settings.md explains them."""

    data: Path = Path("var")
    database_url: str = ""  # empty: SQLite under data
    broker_url: str = ""  # empty: folders under data
    host: str = "127.0.0.1"
    port: int = 8000
    nameservers: tuple[tuple[str, int], ...] = ()  # empty: the system's
    dns_seconds: float = 5.0  # the total deadline of one batch's questions
    dns_rate: int = 0  # questions a second at most; 0: what is usual for such servers
    run_dns_seconds: float = 120.0  # how long a whole run of a list may wait for DNS
    policies: Path | None = None  # None: the packs that come with the gateway
    default_country: str = "US"  # empty: a lead from nowhere in particular is from nobody knows where
    zone: str = "America/New_York"
    secret_key: str = field(default="", repr=False)
    sender_names: tuple[str, ...] = ()
    sender_postal_address: str = ""
    sender_opt_out_url: str = ""
    demo: bool = False  # recorded DNS answers for the demo's own domains
    processes: int = 2  # of the web server
    threads: int = 8  # of each of them
    public_url: str = ""  # how people reach us, when a proxy stands in front
    trusted_proxy: str = ""  # the proxy's IP address: its X-Forwarded-For tells the person's
    smtp_url: str = field(default="", repr=False)  # empty: mails are kept in the outbox, to be read there
    mail_from: str = ""  # the address our own mails come from
    mailbox: Path | None = None  # a Maildir or folder in which senders' reports arrive
    former_secret_keys: tuple[str, ...] = field(default=(), repr=False)  # of before a rotation, the oldest first
    second_factor: str = ""  # of officers and administrators; empty: required, and in the demo offered
    trustedform_key: str = field(default="", repr=False)  # empty: nobody asks TrustedForm about certificates
    oidc_issuer: str = ""  # the company's identity provider; empty: nobody signs in by it
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)

    @property
    def database(self) -> str:
        """The database to use, as SQLAlchemy writes it."""
        return self.database_url or f"sqlite:///{(self.data / 'gateway.sqlite').absolute()}"

    @property
    def opt_out_url(self) -> str:
        """Where people tell us to stop: the page that was set, or our own where people reach it by https."""
        own = f"{self.public_url.rstrip('/')}/leave" if self.public_url.startswith("https://") else ""
        return self.sender_opt_out_url or own


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read GATEWAY_* (and GATEWAY_*_FILE for secrets). Raises SettingsError naming everything that is wrong."""
    env = os.environ if environ is None else environ
    names = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    values: dict[str, object] = {}
    wrong: list[str] = []
    for key in sorted(k for k in env if k.startswith(PREFIX)):
        name, text = names.get(key), env[key]
        if name is None and key.endswith("_FILE") and key.removesuffix("_FILE") in names:
            name = names[key.removesuffix("_FILE")]
            if PREFIX + name.upper() in env:
                wrong.append(f"{key} and {PREFIX}{name.upper()} are both set; keep one")
                continue
            try:
                text = Path(text).read_text(encoding="utf-8").strip()
            except OSError as error:
                wrong.append(f"{key}: cannot read {text!r}: {error.strerror}")
                continue
        if name is None:
            near = get_close_matches(key, names, n=1)
            wrong.append(f"{key} is not a setting" + (f"; did you mean {near[0]}?" if near else ""))
            continue
        try:
            values[name] = _READERS[name](text)
        except ValueError as error:
            shown = "(secret)" if name in SECRETS else repr(text)
            wrong.append(f"{key}={shown}: {error}")
    if values.get("smtp_url") and not values.get("mail_from"):
        wrong.append("GATEWAY_SMTP_URL needs GATEWAY_MAIL_FROM: no server takes a mail from nobody")
    if values.get("oidc_issuer") and not values.get("oidc_client_id"):
        wrong.append("GATEWAY_OIDC_ISSUER needs GATEWAY_OIDC_CLIENT_ID: the provider must know who asks")
    if wrong:
        raise SettingsError("The settings are not right:\n  " + "\n  ".join(wrong))
    return Settings(**values)  # type: ignore[arg-type]


def with_secret(settings: Settings) -> Settings:
    """The same settings with a secret key: the given one, or one made and kept under ``data`` on first start."""
    if settings.secret_key:
        return settings
    path = settings.data / SECRET_FILE
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32) + "\n")
            out.flush()
            os.fsync(out.fileno())
    text = path.read_text(encoding="ascii").strip()
    if len(text) < MIN_SECRET:
        raise SettingsError(
            f"{path} holds no usable key; restore it from a backup: without it nothing matches any more"
        )
    former = settings.former_secret_keys or _former(settings.data / FORMER_FILE)
    if former[-1:] == (text,):  # a rotation was cut off between its two files
        former = former[:-1]
    return _replace(settings, secret_key=text, former_secret_keys=former)


def _former(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="ascii").split()) if path.exists() else ()


def _replace(settings: Settings, **changes: object) -> Settings:
    from dataclasses import replace

    return replace(settings, **changes)  # type: ignore[arg-type]


def _database(text: str) -> str:
    if not text or text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        return text
    raise ValueError("expected postgresql://user@host/name or sqlite:////absolute/path")


def _broker(text: str) -> str:
    if text in {"", DATABASE_BROKER} or text.startswith(BROKERS):
        return text
    raise ValueError(
        f"expected {DATABASE_BROKER} (PGMQ in GATEWAY_DATABASE_URL), pgmq://user@host/name, redis://host:6379/0 or "
        "amqp://user@host//; leave it out for folders under GATEWAY_DATA"
    )


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PORT:
        return int(text)
    raise ValueError("expected a port from 1 to 65535")


def _nameservers(text: str) -> tuple[tuple[str, int], ...]:
    import ipaddress

    servers = []
    for item in (part.strip() for part in text.split(",") if part.strip()):
        host, colon, port = item.rpartition(":")
        if not colon or "]" in port or (host.count(":") and not host.startswith("[")):
            host, port = item, "53"
        host = host.strip("[]")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError(f"{host!r} is not an IP address; write 192.0.2.53 or 192.0.2.53:5353") from None
        servers.append((host, _port(port)))
    return tuple(servers)


def _ip(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError:
        raise ValueError("expected the IP address of the proxy in front, such as 127.0.0.1") from None


def _country(text: str) -> str:
    if text.lower() in {"", "unknown"}:
        return ""
    if len(text) == 2 and text.isascii() and text.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        return text.upper()
    raise ValueError("expected two letters, such as US, or unknown")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; expected a name such as America/New_York") from None
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        return path
    raise ValueError("no such folder")


def _secret(text: str) -> str:
    if len(text) >= MIN_SECRET:
        return text
    raise ValueError(f"too short: at least {MIN_SECRET} characters, for example from `openssl rand -hex 32`")


def _secrets(text: str) -> tuple[str, ...]:
    return tuple(_secret(one) for one in _listed(text))


def _smtp(text: str) -> str:
    if not text or text.startswith(("smtp://", "smtps://")):
        return text
    raise ValueError(
        "expected smtp://user:password@host:587 (STARTTLS is required; ?starttls=never on a trusted network only) or "
        "smtps://user:password@host:465"
    )


def _address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not text or (local and at and "." in domain and text.isprintable() and " " not in text):
        return text
    raise ValueError("expected one address, such as news@example.com")


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("expected 1 or 0")


def _seconds(text: str) -> float:
    value = float(text)
    if 0 < value <= 120:  # noqa: PLR2004 - nothing waits longer than two minutes for DNS
        return value
    raise ValueError("expected seconds between 0 and 120")


def _run_seconds(text: str) -> float:
    value = float(text)
    if 0 < value <= 480:  # noqa: PLR2004 - a batch that waits longer would outlast its worker's lease
        return value
    raise ValueError("expected seconds between 0 and 480")


def _rate(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 100_000:  # noqa: PLR2004 - no resolver answers more
        return int(text)
    raise ValueError("expected questions a second, at most 100000; 0 for what is usual")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 256:  # noqa: PLR2004 - more threads than that is a typo
        return int(text)
    raise ValueError("expected a whole number from 1 to 256")


def _few(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 32:  # noqa: PLR2004 - one at a time writes anyway
        return int(text)
    raise ValueError("expected a whole number from 1 to 32")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _url(text: str) -> str:
    if not text or text.startswith(("https://", "http://")):
        return text.rstrip("/")
    raise ValueError("expected an address that starts with https://")


def _second_factor(text: str) -> str:
    if text in {"", "none", "offered", "required"}:
        return text
    raise ValueError("expected none, offered or required")


def _https(text: str) -> str:
    if not text or text.startswith("https://"):
        return text.rstrip("/")
    raise ValueError("expected an address that starts with https://")


_READERS: dict[str, Callable[[str], object]] = {
    "data": Path,
    "database_url": _database,
    "broker_url": _broker,
    "host": str,
    "port": _port,
    "nameservers": _nameservers,
    "dns_seconds": _seconds,
    "dns_rate": _rate,
    "run_dns_seconds": _run_seconds,
    "policies": _folder,
    "default_country": _country,
    "zone": _zone,
    "secret_key": _secret,
    "sender_names": _listed,
    "sender_postal_address": str,
    "sender_opt_out_url": _url,
    "demo": _boolean,
    "processes": _few,
    "threads": _count,
    "public_url": _url,
    "trusted_proxy": _ip,
    "smtp_url": _smtp,
    "mail_from": _address,
    "mailbox": _folder,
    "former_secret_keys": _secrets,
    "second_factor": _second_factor,
    "oidc_issuer": _https,
    "oidc_client_id": str,
    "oidc_client_secret": str,
    "trustedform_key": str,
}
