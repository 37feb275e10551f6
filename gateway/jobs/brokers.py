"""What carries wake-ups, by GATEWAY_BROKER_URL: each transport with the settings it was found to need.

Correctness rests on none of them: what is owed stands in the database (docs/decisions/0006-work-that-waits.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from gateway.config import DATABASE_BROKER, Settings, SettingsError

HIDDEN_SECONDS = 900  # a message taken is not handed out again before; above the lease, which no batch outlives
RESTORE_SECONDS = 10
POLL_SECONDS = 0.1
CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Broker:
    """A transport as Celery is told of it."""

    url: str
    options: dict[str, Any] = field(default_factory=dict)  # broker_transport_options
    settings: dict[str, Any] = field(default_factory=dict)  # what else Celery must know


def broker_of(settings: Settings) -> Broker:
    """The broker the operator chose. Raises SettingsError where something of it is missing."""
    scheme = settings.broker_url.partition(":")[0]
    return _MAKERS[scheme](settings)


def _folders(settings: Settings) -> Broker:
    """Folders under GATEWAY_DATA. The library sleeps a second per message unless told how often to look."""
    from gateway.jobs.transport import register

    folder = settings.data.absolute() / "broker"
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    messages = str(folder / "messages")
    return Broker(
        register(),
        {"data_folder_in": messages, "data_folder_out": messages, "control_folder": str(folder / "control"),
         "polling_interval": POLL_SECONDS},
    )  # fmt: skip


def _rabbitmq(settings: Settings) -> Broker:
    """RabbitMQ: a quorum queue survives a lost node, and refuses a prefetch for the whole channel unless detected."""
    return Broker(
        settings.broker_url,
        settings={
            "task_default_queue_type": "quorum", "worker_detect_quorum_queues": True,
            "task_default_exchange_type": "topic",  # Celery warns of direct exchanges beside quorum queues
        },
    )  # fmt: skip


def _redis(settings: Settings) -> Broker:
    """Redis: by default what a dead worker had taken stays hidden for an hour."""
    _require("redis", settings)
    return Broker(
        settings.broker_url,
        {"visibility_timeout": HIDDEN_SECONDS, "unacked_restore_interval": RESTORE_SECONDS,
         "unacked_restore_throttle": 1, "socket_connect_timeout": CONNECT_SECONDS, "socket_keepalive": True},
    )  # fmt: skip


def _pgmq(settings: Settings) -> Broker:
    """PGMQ in a PostgreSQL: our own database, or the one the URL names."""
    own = settings.broker_url == DATABASE_BROKER
    if own and not settings.database.startswith("postgresql"):
        raise SettingsError(
            f"GATEWAY_BROKER_URL={DATABASE_BROKER} needs PostgreSQL: set GATEWAY_DATABASE_URL, "
            "or leave the broker out for folders under GATEWAY_DATA"
        )
    _require("pgmq", settings)
    from gateway.jobs.pgmq import register

    rest = (settings.database if own else settings.broker_url).partition("://")[2]
    return Broker(
        register(),
        {"conn_string": f"postgresql://{rest}", "visibility_timeout": HIDDEN_SECONDS, "wait_time_seconds": 0,
         "polling_interval": POLL_SECONDS},
    )  # fmt: skip


def _require(package: str, settings: Settings) -> None:
    """Fail with what to type where an extra's package is missing."""
    if find_spec(package) is None:
        scheme = settings.broker_url.partition(":")[0]
        raise SettingsError(
            f"GATEWAY_BROKER_URL={scheme}... needs the package {package}, which is not installed; type: "
            f"python -m pip install -r requirements/{package}.lock (or: pip install 'lead-gateway[{package}]')"
        )


_MAKERS: dict[str, Callable[[Settings], Broker]] = {
    "": _folders,
    "amqp": _rabbitmq,
    "amqps": _rabbitmq,
    "redis": _redis,
    "rediss": _redis,
    "pgmq": _pgmq,
    DATABASE_BROKER: _pgmq,
}
