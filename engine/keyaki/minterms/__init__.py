"""Questions in finite form: every coordinate of a request as a choice among minterms, so that only Boolean reasoning is left."""
