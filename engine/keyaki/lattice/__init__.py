"""Lattice: the sets of values that one coordinate may take, closed under meet, join and complement; knows nothing of IAM."""
