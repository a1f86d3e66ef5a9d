"""From a script's syntax tree to abstract values: statements, expressions, conditions, and the machine that calls functions."""
