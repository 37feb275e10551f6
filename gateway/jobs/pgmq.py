"""Celery's PGMQ transport on a PostgreSQL without the extension, reached exactly as our own connections are.

The library's client forgets what else a URL says (sslmode, a socket's folder) and wants CREATE EXTENSION. Ours gives
it a pool on the URL as it stands, and installs the SQL that the client brings along, in its own schema ``pgmq``.
"""

import logging
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.pgmq import Channel as LibraryChannel
from kombu.transport.pgmq import Transport as LibraryTransport

from gateway.jobs.transport import LOOK_SECONDS

log = logging.getLogger(__name__)
NAME = "pgmq"
INSTALL_LOCK = 0x70676D71  # "pgmq"; two workers that start at once must not install twice
ANSWER_SECONDS = 5.0  # to get a connection; the caller tries again
POOL = 4


class Channel(LibraryChannel):
    """The library's channel, but for messages that cannot be acknowledged because the database went away.

    Those the library counts as under way for ever: after two of them a worker took nothing more. They are let go of
    here, appear again once they are no longer hidden, and are found to be too old then.
    """

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's interface
        """Acknowledge, or let go."""
        import psycopg

        try:
            super().basic_ack(delivery_tag, multiple=multiple)  # type: ignore[no-untyped-call]
        except psycopg.Error as error:
            log.warning("a wake-up could not be acknowledged: %s", error)
            self.qos.ack(delivery_tag)


class Transport(LibraryTransport):
    """The library's transport with our channel and client. The option ``conn_string`` says where."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Look for messages; soon back, so that a worker that is to stop hears of it."""
        seconds = min(timeout or LOOK_SECONDS, LOOK_SECONDS)
        super().drain_events(connection, timeout=seconds)  # type: ignore[no-untyped-call]

    def _create_pgmq_client(self) -> Any:
        from pgmq import PGMQueue
        from psycopg_pool import ConnectionPool

        assert self.client is not None
        options = self.client.transport_options
        install(options["conn_string"])
        pool = ConnectionPool(options["conn_string"], min_size=1, max_size=POOL, timeout=ANSWER_SECONDS, open=True)
        client = PGMQueue(pool=pool, vt=options["visibility_timeout"], init_extension=False)
        client._own_pool = True  # noqa: SLF001 - it is nobody else's: closing the client closes it
        return client


def install(conninfo: str) -> None:
    """Make the schema ``pgmq`` where it is missing. Where the extension made it already, that one is used."""
    import psycopg
    from pgmq import install_pgmq_from_sql

    with psycopg.connect(conninfo, connect_timeout=int(ANSWER_SECONDS)) as connection:
        if _is_there(connection):
            return
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (INSTALL_LOCK,))
        if not _is_there(connection):
            install_pgmq_from_sql(conn=connection)


def _is_there(connection: Any) -> bool:
    return connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone() is not None


def register() -> str:
    """Make the transport known to kombu; the URL to use it by."""
    TRANSPORT_ALIASES[NAME] = f"{__name__}:Transport"
    return f"{NAME}://database"
