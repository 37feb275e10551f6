"""Celery as far as tasks are made known to it and sent; its own remembers them for every application of the process."""

from collections.abc import Callable
from typing import Any


class Tasks(dict[str, Callable[..., Any]]):
    """What was made known, by name; ``sent`` has the names of what was to be woken."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def task(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def remember(call: Any) -> Any:
            call.apply_async = lambda *_, **__: self.sent.append(name)
            self[name] = call
            return call

        return remember
