"""The study kit: questions about policies put to the engine and to solvers, as one table and one plot."""
