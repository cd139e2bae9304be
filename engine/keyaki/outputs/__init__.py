"""Outputs: how verdicts leave."""
