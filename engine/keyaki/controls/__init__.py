"""Controls: which policies a control judges, which actions it blocks, and in which scope."""
