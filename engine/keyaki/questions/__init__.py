"""Questions: what is asked of one policy or of two over the whole request space, beyond any control."""
