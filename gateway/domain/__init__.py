"""The words everything else is written in. Standard library only: no web, no database, no DNS."""
