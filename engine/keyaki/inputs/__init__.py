"""Inputs: where policies come from."""
