"""Payloads of form builders and lead platforms: one module a platform, from its request to its own answer.

Each checks who posts (over the bytes as they came), reads the lead into a Came, and words the answer as its platform
does. None judges a lead, none writes; table.py names them all.
"""
