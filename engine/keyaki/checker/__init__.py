"""Checker: replays witnesses and verifies certificates, without any part of the search."""
