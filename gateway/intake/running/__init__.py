"""Runs under way: leases and their fences, rows to blame, cancelling, undoing, judging holds again, progress."""
