"""Syntax: from text, or a decoded object, to the abstract syntax, with places for every error."""
