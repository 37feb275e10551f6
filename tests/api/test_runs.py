"""Runs over HTTP: watched as events, cancelled, resumed, undone, judged again."""

import json
import threading
import time
import urllib.request

import pytest
from running_lists import person
from web import served

from gateway.intake import runs as running
from gateway.intake.running import events
from gateway.intake.running.errands import open_errands, work_errand
from gateway.intake.runs import work_run

MANIFEST = "name: Spring\nvendor: Meridian Leads\nmethod: event\nrelationship: marketing\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.02)


def bring(web, key, count=40):
    body = "email\n" + "".join(f"{person(n)}\n" for n in range(count))
    web.client.post("/v1/lists", data=MANIFEST, content_type="application/yaml", headers=key)
    web.client.put("/v1/lists/list_1/file", data=body, headers=key)


def read(stream):
    """The events of a stream that has ended."""
    found = []
    for block in stream.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


def test_cancelled_resumed_undone_and_judged_again(web):
    key = web.key("lists")
    bring(web, key)
    work_run(1, web.services, batch_rows=10, seconds=0)
    answer = web.client.post("/v1/lists/list_1/cancel", headers=key)
    assert (answer.status_code, answer.json["state"], answer.json["progress"]["rows"]) == (200, "cancelled", 10)
    assert work_run(1, web.services) is False
    answer = web.client.post("/v1/lists/list_1/resume", headers=key)
    assert (answer.status_code, answer.json["state"]) == (202, "running")
    assert web.client.post("/v1/lists/list_1/undo", headers=key).status_code == 409
    work_run(1, web.services)
    assert web.client.post("/v1/lists/list_1/cancel", headers=key).json["problems"][0]["code"] == "not_now"
    before = len(web.woken)
    answer = web.client.post("/v1/lists/list_1/recheck", headers=key)
    assert (answer.status_code, answer.json["errand"]["errand"]) == (202, "recheck")
    answer = web.client.post("/v1/lists/list_1/undo", headers=key)
    assert (answer.status_code, answer.json["state"], answer.json["errand"]["state"]) == (202, "undoing", "running")
    assert len(web.woken) == before + 2
    for errand in open_errands(web.services):
        work_errand(errand, web.services)
    shown = web.client.get("/v1/lists/list_1", headers=key).json
    assert (shown["state"], shown["errand"]["state"]) == ("undone", "done")
    assert shown["now"]["rejections"] == 40
    assert web.client.post("/v1/lists/list_1/recheck", headers=key).status_code == 409


@pytest.mark.parametrize("verb", ["cancel", "resume", "undo", "recheck"])
def test_what_is_not_there_or_was_never_run_is_said(small_web, verb):
    key = small_web.key("lists")
    assert small_web.client.post(f"/v1/lists/list_7/{verb}", headers=key).status_code == 404
    small_web.client.post("/v1/lists", data=MANIFEST, content_type="application/yaml", headers=key)
    assert small_web.client.post(f"/v1/lists/list_1/{verb}", headers=key).status_code == 409
    assert small_web.client.post(f"/v1/lists/list_1/{verb}").status_code == 401
    assert small_web.client.get("/v1/lists/list_7/events", headers=key).status_code == 404


def test_a_list_that_has_ended_is_told_and_the_stream_ends(small_web):
    key = small_web.key("lists")
    bring(small_web, key)
    work_run(1, small_web.services)
    answer = small_web.client.get("/v1/lists/list_1/events", headers=key)
    assert answer.content_type.startswith("text/event-stream")
    assert answer.data.startswith(b"retry: ")
    (first, name, told), (last, _, end) = read(answer.data)
    assert (first, last, told) == ("progress", "end", end)
    assert (told["list"], told["state"], told["progress"]["total_is_exact"]) == ("list_1", "done", True)
    again = small_web.client.get("/v1/lists/list_1/events", headers=key | {"Last-Event-ID": name})
    assert [kind for kind, _, _ in read(again.data)] == ["end"]


def test_a_stream_that_finds_no_room_tells_the_state_and_ends(small_web, monkeypatch):
    monkeypatch.setattr(events, "STREAMS", threading.BoundedSemaphore(1))
    key = small_web.key("lists")
    bring(small_web, key)
    with events.STREAMS:
        answer = small_web.client.get("/v1/lists/list_1/events", headers=key)
        assert [kind for kind, _, _ in read(answer.data)] == ["progress"]


def test_a_stream_lasts_its_time_with_signs_of_life_and_is_taken_up_behind_its_last_event(small_web, monkeypatch):
    monkeypatch.setattr(events, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.1)
    key = small_web.key("lists")
    bring(small_web, key)
    answer = small_web.client.get("/v1/lists/list_1/events", headers=key)
    ((_, name, _),) = read(answer.data)
    assert answer.data.count(b": still here\n\n") >= 2
    work_run(1, small_web.services)
    found = read(small_web.client.get("/v1/lists/list_1/events", headers=key | {"Last-Event-ID": name}).data)
    assert [(kind, told["state"]) for kind, _, told in found] == [("progress", "done"), ("end", "done")]


def test_a_real_server_sends_each_event_as_it_comes(web, monkeypatch):
    key = web.key("lists")
    bring(web, key)
    real, steps = running.commit, threading.Semaphore(0)

    def stepwise(*args, **kwargs):
        assert steps.acquire(timeout=20)
        return real(*args, **kwargs)

    monkeypatch.setattr(running, "commit", stepwise)
    with served(web.app, threads=4) as port:
        worker = threading.Thread(target=work_run, args=(1, web.services), kwargs={"batch_rows": 10})
        worker.start()
        url = f"http://127.0.0.1:{port}/v1/lists/list_1/events"
        seen, arrived = [], []
        with urllib.request.urlopen(urllib.request.Request(url, headers=key), timeout=20) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    told = json.loads(line.removeprefix(b"data: "))
                    state = told["state"], told["progress"]["rows"]
                    if state not in seen:  # who is at work changes too, and is an event of its own
                        steps.release()
                    seen.append(state)
                    arrived.append(time.monotonic())
        worker.join(20)
    assert list(dict.fromkeys(seen)) == [*(("running", rows) for rows in (0, 10, 20, 30)), ("done", 40)]
    assert seen[-2:] == [("done", 40)] * 2
    # Each batch waited until the event before it had come: nothing was kept back in a buffer.
