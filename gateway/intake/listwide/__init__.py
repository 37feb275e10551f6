"""The whole list looked over before any row of it is accepted: shares, signs and the rows that show them. No verdicts.

``look.py`` is the door; importing the package alone costs nothing, because the words of found.py are used everywhere.
"""
