"""Deciding recorded cases again: as they were recorded, or under other packs. Writes nothing but its own scratchpad."""
