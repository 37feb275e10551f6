"""The worker's task for what platforms owe: until nothing is due."""

from contextlib import nullcontext

from celery import Celery

from gateway.jobs import fetching
from gateway.jobs.fetching import add_fetching


def test_the_task_works_until_nothing_is_due(monkeypatch):
    waiting = [True, True, False]
    monkeypatch.setattr(fetching, "fetch_next", lambda _: waiting.pop(0))
    app = Celery("test", broker="memory://")
    app.conf.task_always_eager = True
    send = add_fetching(app, lambda: None, nullcontext)
    send()
    assert waiting == []
