"""By when obligations fall due: days counted on dates in the operator's zone, and the clocks of the prospects."""
