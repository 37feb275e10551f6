"""Catalogues of words as gettext reads them, and the desk's own template, for tests of its languages."""

import re
import runpy
import struct
from pathlib import Path

ROOT = Path(__file__).parents[1]


def compiled(words):
    """A catalogue as gettext reads it: the .mo file of these texts (GNU gettext manual, 10.3)."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **words}.items())
    keys = [key.encode() for key, _ in pairs]
    values = [value.encode() for _, value in pairs]
    start = 28 + 16 * len(pairs)
    data, tables = b"", []
    for some in (keys, values):
        for one in some:
            tables.append(struct.pack("<2I", len(one), start + len(data)))
            data += one + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(tables) + data


def template_of():
    """Every text of the translators' template, by itself; of a plural both forms."""
    tool = runpy.run_path(str(ROOT / "tools" / "words.py"))
    found = {}
    entry = r'msgid "((?:[^"\\\\]|\\\\.)*)"\n(?:msgid_plural "((?:[^"\\\\]|\\\\.)*)"\n)?'
    for forms in re.findall(entry, tool["collected"]()):
        texts = [one.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\") for one in forms if one]
        if texts:
            found["\0".join(texts)] = "\0".join(texts)
    return found
