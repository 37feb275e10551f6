"""Holds answered many at once: what waits for the same answer, and the answers of officers carried out."""
