"""Command line: argument parsing and exit statuses."""
