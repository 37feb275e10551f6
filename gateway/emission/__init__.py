"""Prospects leave: where they are sent to, what each receiver was told, and how it is told that one is withdrawn."""
