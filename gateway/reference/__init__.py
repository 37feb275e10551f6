"""Reference lists from outside that change: loaded from files, dated, each with the history of its entries."""
