"""Symbolic: statements as regions of requests, over coordinates that share one theory of requests."""
