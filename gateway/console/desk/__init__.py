"""The officer's desk: pages for people who signed in, a module for each thing they look at.

What they see is asked of the rooms below, and what they do is done there: no rule and no query of the tables of others.
"""
