"""Celery's folder transport with whole messages only: written aside, then renamed into place.

The library writes a message where it is looked for, so that a worker can find it half written and die of it.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.filesystem import Channel as FolderChannel
from kombu.transport.filesystem import Transport as FolderTransport
from kombu.utils.json import dumps

NAME = "folders"
LOOK_SECONDS = 0.2  # the library's worker asks for two seconds, and until then no signal reaches it


class Channel(FolderChannel):
    """The library's channel, but for how a message is put down."""

    def _put(self, queue: Any, message: Any, **_: Any) -> None:  # type: ignore[override]  # called by position
        folder = Path(self.data_folder_out)
        aside = folder / f"{uuid.uuid4()}.part"
        aside.write_text(dumps(message), encoding="utf-8")  # type: ignore[no-untyped-call]
        aside.rename(folder / f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg")


class Transport(FolderTransport):
    """The library's transport with our channel."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Look for messages; soon back, so that a worker that is to stop hears of it."""
        seconds = min(timeout or LOOK_SECONDS, LOOK_SECONDS)
        super().drain_events(connection, timeout=seconds)  # type: ignore[no-untyped-call]


def register() -> str:
    """Make the transport known to kombu; the URL to use it by."""
    TRANSPORT_ALIASES[NAME] = f"{__name__}:Transport"
    return f"{NAME}://localhost"
