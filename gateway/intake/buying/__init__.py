"""Leads bought one by one: offers in (pings), one lead each (posts), on a contract's terms, within its caps."""
