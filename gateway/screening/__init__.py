"""Looks up: every fact about a lead that can be established, or unknown. Never a verdict, never a write."""
