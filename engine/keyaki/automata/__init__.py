"""Automata: globs over characters, run many at once; knows nothing of IAM."""
