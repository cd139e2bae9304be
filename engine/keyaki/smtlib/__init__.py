"""SMT-LIB: the question of a control written for solvers of string constraints, worked out apart from the engine."""
