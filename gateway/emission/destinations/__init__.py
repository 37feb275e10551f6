"""The kinds of destinations: a folder each, found by itself. To add one, copy a folder (docs/destinations.md).

Each folder is a package whose ``KIND`` says what it needs and opens a receiver (gateway.emission.shape).
"""

import importlib
import pkgutil
from collections.abc import Mapping

from gateway.emission.shape import Kind


def kinds() -> Mapping[str, Kind]:
    """Every kind there is, by the name of its folder."""
    found = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.ispkg)
    return {name: importlib.import_module(f"{__name__}.{name}").KIND for name in found}
