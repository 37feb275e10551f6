"""The folder in which bounces and complaints arrive (GATEWAY_MAILBOX): a Maildir, or plain files. No Celery here.

A message is moved only after what it says is committed. A process that dies between finds it again, and its events
are known by then. What cannot be read is kept apart and never thrown away.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.feedback.book import record
from gateway.feedback.event import Event, RefusedError
from gateway.feedback.files import LARGEST_FILE, parse_file
from gateway.feedback.message import LARGEST
from gateway.person.links import whose_link
from gateway.pipeline import Services

log = logging.getLogger(__name__)
AT_ONCE = 200  # messages a turn: somebody else's work waits behind it
_REFUSED = "refused"
_DONE = "done"
_EVENTS = 500  # a transaction: signups wait for it


@dataclass(frozen=True, slots=True)
class _Read:
    """A file, what it reports, and whether all of it could be read."""

    path: Path
    events: list[Event]
    whole: bool


def read_mailbox(services: Services) -> int:
    """Take the new messages of the mailbox; how many files were taken or refused: none without a mailbox."""
    box = _box(services)
    if box is None:
        return 0
    folder, is_maildir = box
    taken, waiting = 0, list[_Read]()
    for path in _newest(_arrivals(folder, is_maildir=is_maildir)):
        taken += 1
        waiting.append(_read(path, LARGEST if is_maildir else LARGEST_FILE))
        if sum(len(one.events) for one in waiting) >= _EVENTS:
            _commit(services, folder, waiting, is_maildir=is_maildir)
            waiting = []
    _commit(services, folder, waiting, is_maildir=is_maildir)
    return taken


def has_messages(services: Services) -> bool:
    """Whether something new lies in the mailbox. One that cannot be looked into is said, and holds up nothing else."""
    try:
        box = _box(services)
        if box is None:
            return False
        with os.scandir(_arrivals(box[0], is_maildir=box[1])) as entries:
            return any(map(_is_message, entries))
    except OSError as error:
        log.warning("the mailbox cannot be looked into: %s", error.strerror)
        return False


def _box(services: Services) -> tuple[Path, bool] | None:
    """The folder, and whether it is a Maildir; None without a mailbox."""
    folder = services.settings.mailbox
    if folder is None or not folder.is_dir():
        return None
    return folder, (folder / "new").is_dir() and (folder / "cur").is_dir()


def _arrivals(folder: Path, *, is_maildir: bool) -> Path:
    return folder / "new" if is_maildir else folder


def _is_message(entry: os.DirEntry[str]) -> bool:
    """Links, which may lead anywhere, are left alone."""
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _newest(folder: Path) -> Iterator[Path]:
    """Some of the files there, in the order of their names."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if _is_message(entry))
    return (folder / name for name in names[:AT_ONCE])


def _read(path: Path, largest: int) -> _Read:
    events: list[Event] = []
    refused: set[str] = set()
    try:
        if path.stat().st_size > largest:
            refused.add("too_large")
        else:
            for _, found in parse_file(path.read_bytes()):
                if isinstance(found, RefusedError):
                    refused.add(found.code)
                else:
                    events += found.events
                    refused.update(["bad_event"] if found.refused else [])
    except FileNotFoundError:  # another worker was quicker
        return _Read(path, [], whole=True)
    except Exception:  # one file that cannot be read, whyever, must not keep the opt-outs behind it waiting
        log.exception("a message of the mailbox cannot be read")
        refused.add("unreadable")
    if refused:
        log.warning("a message of the mailbox is put aside: %s", ", ".join(sorted(refused)))
    return _Read(path, events, whole=not refused)


def _commit(services: Services, folder: Path, read: list[_Read], *, is_maildir: bool) -> None:
    """Keep what these files report, and only then put them away; what is not wholly understood, apart."""
    events = [event for one in read for event in one.events]
    for start in range(0, len(events), _EVENTS):
        record(services, events[start : start + _EVENTS], read_link=whose_link(services))
    for one in read:
        name = one.path.name
        if not one.whole:
            target = folder / _REFUSED / name
        elif is_maildir:
            target = folder / "cur" / f"{name.partition(':2,')[0]}:2,S"
        else:
            target = folder / _DONE / name
        _move(one.path, target)


def _move(path: Path, target: Path) -> None:
    """Put a file in its place, under another name if there is one of the same already."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    base, number = target, 0
    while target.exists():
        number += 1
        target = base.with_name(f"{number}.{base.name}")
    try:
        path.rename(target)
    except FileNotFoundError:
        log.info("another worker has moved a message of the mailbox already")
