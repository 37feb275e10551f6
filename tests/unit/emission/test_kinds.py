"""Each kind of destination against a stand-in that behaves as its documentation says."""

import csv
import io
import json
import shutil
import stat
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq
import pytest
from emitting import destine, go, items, row_of, serve, sign_up, states
from receivers import Reply, way_to

from gateway.emission import book, destinations
from gateway.emission.book import Terms
from gateway.emission.deliver import deliver
from gateway.emission.destinations import kinds
from gateway.emission.due import find_due
from gateway.emission.recall import _wait_again, recall
from gateway.emission.shape import Way

# --- files


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet"])
def test_a_file_is_whole_has_a_manifest_and_runs_nothing(services, tmp_path, kind):
    destine(services, "store", "files", format=kind)
    sign_up(services, "ann@example.com", first_name="=cmd()", country="US")
    sign_up(services, "bea@example.com", first_name="Bea")
    serve(services, Way(tmp_path / "drops"))
    folder = tmp_path / "drops" / "store"
    [path, manifest] = sorted(folder.iterdir())
    said = json.loads(manifest.read_text())
    assert manifest.name == path.name + ".manifest.json"
    assert (said["file"], said["items"], said["kinds"]) == (path.name, 2, {"accepted": 2})
    assert said["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert rows[0]["first_name"] == "'=cmd()"
        rows = [{**row, "first_name": row["first_name"].removeprefix("'")} for row in rows]
    elif kind == "parquet":
        rows = pq.read_table(path).to_pylist()
    else:
        events = [json.loads(line) for line in path.read_text().splitlines()]
        rows = [{**event["data"], "id": event["id"], "type": event["type"]} for event in events]
    assert [(row["id"], row["type"], row["address"], row["first_name"]) for row in rows] == [
        ("dlv_1", "prospect.accepted", "ann@example.com", "=cmd()"),
        ("dlv_2", "prospect.accepted", "bea@example.com", "Bea"),
    ]
    assert rows[0]["decision"].startswith("dec_")
    assert "stop_on_opt_out" in str(rows[0]["obligations"])


def test_files_told_again_take_their_own_place_and_revocations_come_too(services, tmp_path, clock):
    destine(services, "store", "files", format="ndjson")
    sign_up(services, "ann@example.com")
    way = Way(tmp_path / "drops")
    serve(services, way)
    from sqlalchemy import update

    from gateway.emission.tables import deliveries

    with services.unit_of_work() as work:  # as after a crash between the file and its mark
        work.connection.execute(update(deliveries).values(state="pending"))
    serve(services, way)
    assert len(list((tmp_path / "drops/store").glob("*.ndjson"))) == 1
    go(services, "ann@example.com")
    serve(services, way)
    last = max((tmp_path / "drops/store").glob("*.ndjson"))
    assert json.loads(last.read_text())["type"] == "prospect.revoked"


def test_parquet_that_cannot_be_written_is_said_when_it_is_asked_for_and_what_to_type(services, tmp_path, monkeypatch):
    from gateway.domain.problem import CallerError
    from gateway.emission.destinations import files

    destine(services, "store", "files", format="parquet")
    sign_up(services, "ann@example.com")
    monkeypatch.setattr(files, "find_spec", lambda _: None)
    with pytest.raises(CallerError) as caught:
        destine(services, "other", "files", format="parquet")
    assert "tools/venv.sh bulk" in str(caught.value.problems[0].message)
    with services.engine.connect() as connection:
        (due,) = find_due(connection, services.clock.now())
    deliver(due, services, Way(tmp_path / "drops"))  # what was asked for when it could be: it waits, and says why
    assert states(services) == [("accepted", "pending")]
    assert "tools/venv.sh bulk" in row_of(services, "store")["last_answer"]


# --- listmonk


class Listmonk:
    """As https://listmonk.app documents it: 409 for an address that is there, lists with a status each."""

    def __init__(self):
        self.people, self.asked = {}, []

    def __call__(self, request):
        url = urlsplit(request.path)
        self.asked.append((request.method, url.path))
        if request.headers.get("Authorization") != "Basic YXBpOnRva2VuLW9mLW1pbmU=":
            return Reply(403, b'{"message": "invalid API credentials"}')
        said = request.json if request.body else {}
        parts = url.path.strip("/").split("/")
        if request.method == "POST":
            if any(one["email"] == said["email"] for one in self.people.values()):
                return Reply(409, b'{"message": "E-mail already exists."}')
            number = len(self.people) + 1
            self.people[number] = {
                "id": number, **said,
                "lists": [{"id": one, "subscription_status": "confirmed"} for one in said["lists"]],
            }  # fmt: skip
            return self.data(self.people[number])
        if request.method == "GET":
            query = parse_qs(url.query).get("query", [""])[0]
            found = [
                one for one in self.people.values()
                if query in ("", f"subscribers.email = '{one['email']}'")
                or query == f"subscribers.id = {one['id']}"
                or query == f"subscribers.attribs->>'gateway_prospect' = '{one['attribs'].get('gateway_prospect')}'"
            ]  # fmt: skip
            return self.data({"results": found, "total": len(found)})
        if parts[-1] == "blocklist":
            self.people[int(parts[-2])]["status"] = "blocklisted"
        elif parts[-1] == "lists":
            for number in said["ids"]:
                on = [one for one in self.people[number]["lists"] if one["id"] not in said["target_list_ids"]]
                if said["action"] == "add":
                    on += [{"id": one, "subscription_status": said["status"]} for one in said["target_list_ids"]]
                self.people[number]["lists"] = on
        elif request.method == "PATCH":
            person = self.people[int(parts[-1])]
            person |= {**said, "attribs": {**person["attribs"], **said["attribs"]}}
        elif request.method == "DELETE":
            del self.people[int(parts[-1])]
        return self.data(True)

    @staticmethod
    def data(document):
        return Reply(200, json.dumps({"data": document}).encode())


def listmonk(services, receiver):
    receiver.answer = there = Listmonk()
    destine(
        services, "news", "listmonk", url=receiver.url.partition("/in")[0], user="api", token="token-of-mine", lists="4"
    )
    return there


def test_listmonk_gets_people_and_takes_them_off(services, receiver, tmp_path, clock):
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    sign_up(services, "ann@example.com", first_name="Ann")
    sign_up(services, "bea@example.com")
    serve(services, way)
    assert [(one["email"], one["name"], one["status"]) for one in there.people.values()] == [
        ("ann@example.com", "Ann", "enabled"), ("bea@example.com", "bea", "enabled"),
    ]  # fmt: skip
    assert there.people[1]["attribs"]["gateway_prospect"] == "prospect_1"
    assert [row.remote for row in items(services)] == ["1", "2"]
    go(services, "ann@example.com")
    serve(services, way)
    assert there.people[1]["status"] == "blocklisted"
    clock.move(days=1)
    sign_up(services, "ann@example.com")
    serve(services, way)
    assert there.people[1]["status"] == "enabled"
    assert there.people[1]["lists"] == [{"id": 4, "subscription_status": "confirmed"}]
    go(services, "bea@example.com", "erasure")
    serve(services, way)
    assert 2 not in there.people


def test_whoever_left_listmonk_themselves_is_not_put_back(services, receiver, tmp_path):
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    there.people = {
        1: {"id": 1, "email": "ann@example.com", "status": "blocklisted", "attribs": {}, "lists": []},
        2: {"id": 2, "email": "bea@example.com", "status": "enabled", "attribs": {"city": "X"},
            "lists": [{"id": 4, "subscription_status": "unsubscribed"}]},
    }  # fmt: skip
    sign_up(services, "ann@example.com", "bea@example.com")
    serve(services, way)
    assert there.people[1]["status"] == "blocklisted"
    assert there.people[2]["lists"] == [{"id": 4, "subscription_status": "unsubscribed"}]
    assert there.people[2]["attribs"]["city"] == "X"
    assert {state for _, state in states(services)} == {"acknowledged"}


def test_whoever_left_listmonk_meanwhile_is_not_enabled_by_our_change_of_mind(services, receiver, tmp_path):
    """They were revoked for a reason of ours and fit again; what they said there themselves is older and stands."""
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    sign_up(services, "ann@example.com", "bea@example.com")
    serve(services, way)
    there.people[1]["status"] = "blocklisted"
    there.people[2]["lists"][0]["subscription_status"] = "unsubscribed"
    for _ in range(2):
        with services.unit_of_work() as work:
            assert recall(work, services.ledger, [1, 2], "policy_changed", by="test") == 2
            _wait_again(work, [1, 2])
        serve(services, way)
    assert states(services)[-1] == ("accepted", "acknowledged")
    assert there.people[1]["status"] == "blocklisted"
    assert there.people[1]["lists"] == []
    assert there.people[2]["lists"] == [{"id": 4, "subscription_status": "unsubscribed"}]


def test_whoever_changed_their_address_in_listmonk_is_found_by_number(services, receiver, tmp_path):
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    sign_up(services, "ann@example.com")
    serve(services, way)
    there.people[1] |= {"email": "ann@example.net", "status": "blocklisted", "lists": []}
    with services.unit_of_work() as work:
        recall(work, services.ledger, [1], "policy_changed", by="test")
        _wait_again(work, [1])
    serve(services, way)
    assert (there.people[1]["status"], there.people[1]["lists"]) == ("blocklisted", [])


def test_listmonk_is_told_of_nobody_who_leaves_while_the_others_of_the_batch_are_told(services, receiver, tmp_path):
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    sign_up(services, *(f"ann{n}@example.com" for n in range(5)))

    def answer(request):
        if request.method == "POST" and not there.people:
            go(services, "ann3@example.com")
        return there(request)

    receiver.answer = answer
    serve(services, way)
    assert [one["email"] for one in there.people.values()] == [f"ann{n}@example.com" for n in (0, 1, 2, 4)]
    assert not [row for row in items(services, prospect_id=4) if row.tries]


def test_a_turn_that_lasts_too_long_leaves_the_rest_to_the_next(services, receiver, tmp_path, monkeypatch):
    """Beyond the lease somebody else may have said that a person is revoked."""
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    sign_up(services, *(f"ann{n}@example.com" for n in range(5)))
    now = [0.0]
    monkeypatch.setattr("gateway.emission.turn.time.monotonic", lambda: now[0])

    def answer(request):
        now[0] += 20
        return there(request)

    receiver.answer = answer
    deliver(1, services, way, seconds=0)
    assert len(there.people) == 3
    assert [row.tries for row in items(services)] == [1, 1, 1, 0, 0]
    serve(services, way)
    assert len(there.people) == 5


def test_what_a_receiver_calls_somebody_is_kept_only_if_it_is_a_number_or_a_name(services, receiver, tmp_path):
    there, way = listmonk(services, receiver), way_to(tmp_path / "drops", receiver)
    for said in ("a\0b", "\ud800", "ann@example.com", "../../x", "1\r\nX: y", ""):
        there.people = {}
        receiver.answer = lambda request, said=said: (
            Reply(200, json.dumps({"data": {"id": said}}).encode()) if request.method == "POST" else there(request)
        )
        sign_up(services, f"p{len(items(services))}@example.com")
        deliver(1, services, way)
        assert [row.remote for row in items(services)][-1] is None


def test_somebody_who_does_not_fit_the_filters_any_more_is_not_sent(services, receiver, tmp_path):
    """They wait for a receiver that is paused; meanwhile its filters are made narrower."""
    way = way_to(tmp_path / "drops", receiver)
    destine(services, url=receiver.url)
    with services.unit_of_work() as work:
        book.pause(work, services, "crm", "moving", by="test")
    sign_up(services, "ann@example.com", country="US")
    serve(services, way)
    with services.unit_of_work() as work:
        book.change(work, services, "crm", {}, Terms({"country": ("DE",)}), by="test")
        book.resume(work, services, "crm", by="test")
    serve(services, way)
    assert receiver.requests == []
    assert states(services) == [("accepted", "stopped")]


def test_listmonk_with_another_token_is_a_receiver_that_fails(services, receiver, tmp_path):
    listmonk(services, receiver)
    receiver.answer = lambda _: Reply(403)
    sign_up(services, "ann@example.com", "bea@example.com")
    serve(services, way_to(tmp_path / "drops", receiver))
    assert len(receiver.requests) == 1
    assert states(services) == [("accepted", "pending")] * 2


# --- HubSpot


class HubSpot:
    """The contacts of the CRM API v3, as its reference has them."""

    def __init__(self):
        self.contacts, self.asked = {}, []

    def __call__(self, request):
        path = request.path.removeprefix("/crm/v3/objects/contacts")
        self.asked.append(path)
        if request.headers.get("Authorization") != "Bearer token-of-mine":
            return Reply(401)
        said = request.json if request.body else {}
        if path == "/batch/upsert":
            results = []
            for one in said["inputs"]:
                assert one["idProperty"] == "email"
                number = next(
                    (n for n, c in self.contacts.items() if c["email"] == one["id"]), str(900 + len(self.contacts))
                )
                self.contacts[number] = {**one["properties"], "archived": False}
                results.append({"id": number, "properties": one["properties"], "new": True})
            return Reply(200, json.dumps({"status": "COMPLETE", "results": results}).encode())
        if path == "/batch/archive":
            for one in said["inputs"]:
                self.contacts[one["id"]]["archived"] = True
            return Reply(204, b"")
        if path == "/gdpr-delete":
            del self.contacts[said["objectId"]]
            return Reply(204, b"")
        if path == "/search":
            [asked] = said["filterGroups"][0]["filters"]
            found = [n for n, c in self.contacts.items() if c.get(asked["propertyName"]) == asked["value"]]
            return Reply(200, json.dumps({"total": len(found), "results": [{"id": one} for one in found]}).encode())
        return Reply(200, b'{"results": []}')


def test_hubspot_gets_contacts_and_archives_them(services, receiver, tmp_path, monkeypatch):
    receiver.answer = there = HubSpot()
    destine(services, "hub", "hubspot", url=receiver.url.partition("/in")[0], token="token-of-mine")
    way = way_to(tmp_path / "drops", receiver)
    sign_up(services, "ann@example.com", first_name="Ann")
    sign_up(services, "bea@example.com")
    serve(services, way)
    assert there.contacts["900"]["firstname"] == "Ann"
    assert [row.remote for row in items(services)] == ["900", "901"]
    go(services, "ann@example.com", "complaint")
    serve(services, way)
    assert there.contacts["900"]["archived"]
    with services.unit_of_work() as work:  # as if nobody had told the number
        from sqlalchemy import update

        from gateway.emission.tables import deliveries

        work.connection.execute(update(deliveries).values(remote=None))
    go(services, "bea@example.com", "erasure")
    serve(services, way)
    assert list(there.contacts) == ["900"]
    assert "/search" in there.asked


# --- a kind of one's own


def test_a_copied_folder_is_a_kind_of_its_own(services, receiver, tmp_path, monkeypatch):
    folder = tmp_path / "more"
    source = next(iter(destinations.__path__))
    shutil.copytree(f"{source}/webhook", folder / "mine", ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / "mine/__init__.py").read_text().replace('title="Webhook"', 'title="Mine"')
    (folder / "mine/__init__.py").write_text(text)
    monkeypatch.setattr(destinations, "__path__", [*destinations.__path__, str(folder)])
    assert kinds()["mine"].title == "Mine"
    destine(services, "own", "mine", url=receiver.url)
    sign_up(services, "ann@example.com")
    serve(services, way_to(tmp_path / "drops", receiver))
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted")]}
