"""How good vendors are: scorecards, grades, what is odd, and what the house's thresholds do about it."""
