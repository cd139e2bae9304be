"""The grammars of the IAM policy language; load them by name with ``Lark.open_from_package("keyaki.grammar", ...)``."""
