"""Who must not be written to: the room that never forgets. It keeps match keys, never addresses."""
