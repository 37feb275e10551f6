"""The worker's task for what platforms owe: woken only if something is due, until nothing is."""

from contextlib import nullcontext

from celery import Celery

from gateway.jobs import fetching
from gateway.jobs.fetching import add_fetching


def test_the_task_is_sent_when_something_is_due_and_works_until_nothing_is(monkeypatch):
    waiting = [False, True, True]
    monkeypatch.setattr(fetching, "is_due", lambda _: waiting[0])
    monkeypatch.setattr(fetching, "fetch_next", lambda _: waiting.pop(0))
    app = Celery("test", broker="memory://")
    app.conf.task_always_eager = True
    send = add_fetching(app, lambda: None, nullcontext)
    send()
    assert waiting == [False, True, True]
    waiting[:] = [True, True, False]
    send()
    assert waiting == []
