"""listmonk, by its API (listmonk.app, documentation, APIs, Subscribers; as of v6).

People are made with POST /api/subscribers. One whose address is there already (409) is looked up and changed with
PATCH /api/subscribers/{id}, which merges attributes, and put on our lists with PUT /api/subscribers/lists; whoever
unsubscribed or is blocklisted there stays so: ``POST /api/subscribers/subscription`` would put them back, and is not
used. Only whom we blocklisted, since they left us, and who said yes to us again later is enabled. Whoever is revoked by
their own will is blocklisted; whoever was erased is deleted; others leave our lists, but for those that they
unsubscribed from: that must be known if they come again.
They carry the attribute ``gateway_prospect``, by which they are found again where no number was told.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from gateway.emission.shape import Answered, Item, Kind, Setting, Settings, Way, check_url, whole
from gateway.emission.wire import as_bytes, rest_of
from gateway.outgoing import Answer

LARGEST_ANSWER = 1 << 18
SECONDS = 10.0  # of each request; a person takes three at most
ATTRIBUTE = "gateway_prospect"
THEIR_WILL = frozenset({"opt_out", "complaint", "objection", "legal", "told_by_list", "child", "manual"})
CONFLICT, NOT_FOUND = 409, 404
_ITS_OWN = frozenset({400, 404, 409, 422})


class RefusedError(Exception):
    """An answer that ends the work on one person."""

    def __init__(self, answered: Answered) -> None:
        super().__init__(answered.said)
        self.answered = answered


class Listmonk:
    """An open one."""

    def __init__(self, settings: Settings, way: Way) -> None:
        target = way.target(settings["url"])
        self._base = target.path.partition("?")[0].rstrip("/")
        self._line = way.line(settings["url"])
        pair = base64.b64encode(f"{settings['user']}:{settings['token']}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        self._lists = [int(one) for one in settings["lists"].replace(",", " ").split()]
        self._at: datetime | None = None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """One after the other; the first that shows the whole to be away ends it."""
        self._at, found = at, list[Answered]()
        for item in items:
            try:
                found.append(self._one(item))
            except RefusedError as error:
                found.append(error.answered)
                if not error.answered.is_its_own:
                    found += [error.answered] * (len(items) - len(found))
                    break
        return found

    def _one(self, item: Item) -> Answered:
        if item.what == "test":
            self._ask("GET", "/api/subscribers?per_page=1")
            return Answered(True, "200")
        if item.what == "revoked":
            return self._revoke(item)
        told = item.content or {}
        name = " ".join(part for part in (told.get("first_name"), told.get("last_name")) if part)
        attributes = {
            ATTRIBUTE: item.prospect, "decision": told["decision"], "purposes": told["purposes"],
            "basis": told["basis"], "obligations": told["obligations"], "phase": told.get("phase"),
        }  # fmt: skip
        address = told["address"]
        person = {"email": address, "name": name or address.partition("@")[0], "attribs": attributes}
        if item.remote is None:
            made = self._ask(
                "POST", "/api/subscribers",
                {**person, "status": "enabled", "lists": self._lists, "preconfirm_subscriptions": True},
                but={CONFLICT},
            )  # fmt: skip
            if made.status != CONFLICT:
                return Answered(True, str(made.status), remote=str(int(json.loads(made.body)["data"]["id"])))
        return self._change(item, address, person)

    def _change(self, item: Item, address: str, person: dict[str, Any]) -> Answered:
        """Somebody who is there already. What they said there of themselves stands."""
        here = self._find(f"subscribers.email = '{_quoted(address)}'")
        if here is None and item.remote is not None:  # under another address by now; gone, if they took themselves out
            here = self._find(f"subscribers.id = {int(item.remote)}")
        if here is None:
            raise RefusedError(Answered(False, "is there and is not found", is_its_own=True))
        came_back = item.what == "accepted" and bool(_causes(item.after) & THEIR_WILL)
        if came_back:  # they said yes to us again, later than they left us
            person["status"] = "enabled"
        elif here["status"] == "blocklisted":
            return Answered(True, "blocklisted there, and stays so", remote=str(here["id"]))
        self._ask("PATCH", f"/api/subscribers/{here['id']}", person)
        on = set() if came_back else {one["id"] for one in here["lists"]}
        if missing := [one for one in self._lists if one not in on]:
            self._ask("PUT", "/api/subscribers/lists", {
                "ids": [here["id"]], "action": "add", "target_list_ids": missing, "status": "confirmed",
            })  # fmt: skip
        return Answered(True, "200", remote=str(here["id"]))

    def _revoke(self, item: Item) -> Answered:
        by_ours = f"subscribers.attribs->>'{ATTRIBUTE}' = '{item.prospect}'"
        here = self._find(by_ours if item.remote is None else f"subscribers.id = {int(item.remote)}")
        if here is None:
            return Answered(True, "is not there")
        number, causes = int(here["id"]), _causes(item.cause)
        if "erasure" in causes:
            self._ask("DELETE", f"/api/subscribers/{number}", but={NOT_FOUND, 400})
        elif causes & THEIR_WILL:
            self._ask("PUT", f"/api/subscribers/{number}/blocklist", but={NOT_FOUND})
        elif ours := [one for one in self._lists if one not in _unsubscribed(here)]:
            self._ask("PUT", "/api/subscribers/lists",
                      {"ids": [number], "action": "remove", "target_list_ids": ours})  # fmt: skip
        return Answered(True, "200", remote=str(number))

    def _find(self, query: str) -> dict[str, Any] | None:
        answer = self._ask("GET", f"/api/subscribers?per_page=1&query={quote(query)}")
        found: list[dict[str, Any]] = json.loads(answer.body)["data"]["results"]
        return found[0] if found else None

    def _ask(
        self, method: str, path: str, said: dict[str, Any] | None = None, but: set[int] | None = None
    ) -> Answer:  # fmt: skip
        body = None if said is None else as_bytes(said)
        answer = self._line.ask(
            method, self._base + path, body, headers=self._headers, most_bytes=LARGEST_ANSWER, seconds=SECONDS
        )
        if 200 <= answer.status < 300 or answer.status in (but or ()):  # noqa: PLR2004 - any 2xx
            return answer
        raise RefusedError(Answered(
            False, str(answer.status), is_its_own=answer.status in _ITS_OWN,
            rest_seconds=rest_of(answer.headers, self._at),
        ))  # fmt: skip


def _causes(text: str | None) -> set[str]:
    return set((text or "").split(","))


def _unsubscribed(person: dict[str, Any]) -> set[int]:
    """The lists that somebody has left there."""
    return {one["id"] for one in person["lists"] if one.get("subscription_status") == "unsubscribed"}


def _quoted(text: str) -> str:
    """As a text in SQL, which listmonk takes for looking people up."""
    return text.replace("'", "''")


def _numbers(text: str) -> None:
    words = text.replace(",", " ").split()
    if not words or not all(one.isascii() and one.isdigit() for one in words):
        raise ValueError("expected the numbers of lists in listmonk, such as 1, 4")


def _open(settings: Settings, way: Way, _name: str) -> Listmonk:
    return Listmonk(settings, way)


KIND = Kind(
    title="listmonk",
    about="A listmonk of yours: people are put on its lists, and taken off or blocklisted when they are revoked.",
    settings=(
        Setting("url", "Where it is reached, https://…", needed=True, check=check_url),
        Setting("user", "The API user (Admin, Users)", needed=True),
        Setting("token", "Its token", needed=True, secret=True),
        Setting("lists", "Numbers of the lists people are put on", needed=True, check=_numbers),
        Setting("batch", "People at a time, at most", default="20", check=whole(1, 100)),
    ),
    open=_open,
    most=20,
    is_one_by_one=True,
)  # fmt: skip
