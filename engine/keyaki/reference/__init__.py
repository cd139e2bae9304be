"""Reference: the specification in executable form, which evaluates one request against one policy."""
