"""HubSpot, by its CRM API v3 for contacts (developers.hubspot.com, API reference, CRM, contacts).

People are upserted by address in batches ("Create or update a batch of contacts", POST .../contacts/batch/upsert);
whoever is revoked is archived in a batch ("Archive a batch of contacts": 204 whatever became of them before), whoever
was erased is deleted for good (POST .../contacts/gdpr-delete). One whose number nobody told is looked up by the
property that holds ours ("Search the CRM", POST .../contacts/search). Make that property, a text, before the first
contact is sent: HubSpot refuses properties that do not exist.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gateway.emission.shape import Answered, Item, Kind, Setting, Settings, Way, check_url, whole
from gateway.emission.wire import as_bytes, rest_of
from gateway.outgoing import OK, Answer, UnreachableError

LARGEST_ANSWER = 1 << 20
SECONDS = 20.0
MOST = 100
"""Inputs of a batch."""
MULTI = 207
_CONTACTS = "/crm/v3/objects/contacts"
_ITS_OWN = frozenset({400, 404, 409, 422})


class HubSpot:
    """An open one."""

    def __init__(self, settings: Settings, way: Way) -> None:
        self._line = way.line(settings["url"])
        self._headers = {"Authorization": f"Bearer {settings['token']}", "Content-Type": "application/json"}
        self._property = settings["property"]

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """A request for each kind of item; they come of one kind."""
        first = items[0].what
        if first == "test":
            return [self._answered(self._ask("GET", f"{_CONTACTS}?limit=1"), at)]
        return self._revoke(items, at) if first == "revoked" else self._upsert(items, at)

    def _upsert(self, items: Sequence[Item], at: datetime) -> list[Answered]:
        inputs = [
            {"id": item.content["address"], "idProperty": "email", "properties": self._properties(item)}
            for item in items if item.content is not None
        ]  # fmt: skip
        answer = self._ask("POST", f"{_CONTACTS}/batch/upsert", {"inputs": inputs})
        told = self._answered(answer, at)
        if not told.is_taken:
            return [told] * len(items)
        there = {
            one["properties"].get(self._property) or one["properties"].get("email", "").casefold(): str(one["id"])
            for one in json.loads(answer.body)["results"]
        }
        found = []
        for item in items:
            address = (item.content or {}).get("address", "")
            number = there.get(item.prospect) or there.get(address.casefold())
            lost = answer.status == MULTI and number is None
            found.append(Answered(not lost, str(answer.status), remote=number, is_its_own=lost))
        return found

    def _properties(self, item: Item) -> dict[str, str]:
        told = item.content or {}
        said = {
            "email": told.get("address"), "firstname": told.get("first_name"), "lastname": told.get("last_name"),
            "phone": told.get("phone"), "country": told.get("country"), self._property: item.prospect,
        }  # fmt: skip
        return {name: value or "" for name, value in said.items()}

    def _revoke(self, items: Sequence[Item], at: datetime) -> list[Answered]:
        numbers = {item.id: item.remote or self._find(item.prospect) for item in items}
        found: dict[str, Answered] = {}
        erased = [item for item in items if "erasure" in (item.cause or "")]
        for item in erased:
            if number := numbers[item.id]:
                answer = self._ask("POST", f"{_CONTACTS}/gdpr-delete", {"objectId": number})
                found[item.id] = Answered(True, "404") if answer.status == 404 else self._answered(answer, at)  # noqa: PLR2004
        ids = [{"id": numbers[item.id]} for item in items if item not in erased and numbers[item.id]]
        archived = Answered(True, "is not there")
        if ids:
            archived = self._answered(self._ask("POST", f"{_CONTACTS}/batch/archive", {"inputs": ids}), at)
        nobody = Answered(True, "is not there")
        return [found.get(item.id, archived if numbers[item.id] else nobody) for item in items]

    def _find(self, prospect: str) -> str | None:
        by = {"propertyName": self._property, "operator": "EQ", "value": prospect}
        answer = self._ask("POST", f"{_CONTACTS}/search", {"filterGroups": [{"filters": [by]}], "limit": 1})
        if answer.status != OK:  # whether the person is there is not known
            raise UnreachableError(f"a search was answered {answer.status}")
        results = json.loads(answer.body)["results"]
        return str(results[0]["id"]) if results else None

    def _answered(self, answer: Answer, at: datetime) -> Answered:
        is_taken = 200 <= answer.status < 300  # noqa: PLR2004 - any 2xx
        return Answered(
            is_taken, str(answer.status), is_its_own=answer.status in _ITS_OWN, rest_seconds=rest_of(answer.headers, at)
        )

    def _ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> Answer:
        body = None if said is None else as_bytes(said)
        return self._line.ask(method, path, body, headers=self._headers, most_bytes=LARGEST_ANSWER, seconds=SECONDS)


def _open(settings: Settings, way: Way, _name: str) -> HubSpot:
    return HubSpot(settings, way)


KIND = Kind(
    title="HubSpot",
    about="Contacts in HubSpot: upserted by address, archived when they are revoked.",
    settings=(
        Setting("token", "The private app's access token (scopes crm.objects.contacts.read and .write)", needed=True,
                secret=True),
        Setting("property", "The contact property that holds our number; make it there first",
                default="lead_gateway_id"),
        Setting("url", "Where the API is", default="https://api.hubapi.com", check=check_url),
        Setting("batch", "Contacts in one request, at most", default=str(MOST), check=whole(1, MOST)),
    ),
    open=_open,
    most=MOST,
)  # fmt: skip
