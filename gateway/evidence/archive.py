"""The ZIP of a bundle: written in one form only, and read so that no hostile file does harm.

Nothing in it is packed, so nothing swells; nothing is ever written to disk. What is read must be, byte for byte, what
would be written: so no byte can be changed, not in between the members either.
"""

import re
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

LARGEST = 64_000_000  # bytes: the lines of a batch of 50,000 leads are 2.5 million, all policies half a million
LARGEST_MEMBER = 16_000_000
MOST_MEMBERS = 500
_LONGEST_NAME = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*){0,3}")
_END = struct.Struct("<4s4H2LH")  # the end of central directory record (APPNOTE 4.3.16)
_WRITTEN = (1980, 1, 1, 0, 0, 0)
_MODE = 0o600 << 16


class BundleError(Exception):
    """Why a file cannot be used as an evidence bundle."""


def pack(members: Mapping[str, bytes]) -> bytes:
    """A ZIP of these members. Equal members give equal bytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _WRITTEN)
            info.create_system, info.external_attr = 3, _MODE
            archive.writestr(info, members[name])
    return made.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a ZIP that pack made. Raises BundleError for anything else."""
    _check_end(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            listed = archive.infolist()
            _check_members(listed)
            members = {info.filename: archive.read(info) for info in listed}
    except (
        zipfile.BadZipFile,
        ValueError,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
        struct.error,
    ) as error:
        raise BundleError(f"it cannot be read as a ZIP: {error}") from None
    if pack(members) != data:
        raise BundleError("it was changed, or packed again by another program: it is not as the gateway wrote it")
    return members


def _check_end(data: bytes) -> None:
    """What it says of itself at its end, before anything is made of it."""
    if len(data) > LARGEST:
        raise BundleError(f"it is larger than {LARGEST:,} bytes")
    if len(data) < _END.size or not data.startswith(b"PK\x03\x04"):
        raise BundleError("it is no ZIP, or empty")
    mark, *_, here, total, size, start, remark = _END.unpack(data[-_END.size :])
    if mark != b"PK\x05\x06" or remark:
        raise BundleError("it does not end as a ZIP of ours does")
    if here != total or total > MOST_MEMBERS:
        raise BundleError(f"it says that it has {total:,} members; at most {MOST_MEMBERS} are read")
    if start + size + _END.size != len(data) or size > MOST_MEMBERS * (46 + _LONGEST_NAME):
        raise BundleError("its directory is not where it belongs")


def _check_members(listed: list[zipfile.ZipInfo]) -> None:
    names = [info.filename for info in listed]
    if len(set(names)) < len(names):
        raise BundleError("two of its members have the same name")
    for info in listed:
        if len(info.orig_filename) > _LONGEST_NAME or not _NAME.fullmatch(info.orig_filename):
            raise BundleError(f"a member has a name that is not allowed: {info.orig_filename[:80]!r}")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits or info.file_size != info.compress_size:
            raise BundleError(f"{info.filename} is packed or encrypted; bundles are neither")
        if info.file_size > LARGEST_MEMBER:
            raise BundleError(f"{info.filename} is larger than {LARGEST_MEMBER:,} bytes")
    if sum(info.file_size for info in listed) > LARGEST:
        raise BundleError(f"its members are larger than {LARGEST:,} bytes")
