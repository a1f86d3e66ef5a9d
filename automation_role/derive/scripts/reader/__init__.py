"""From a script's syntax tree to abstract values: statements, expressions, conditions, and the machine that calls functions.

Where to look:
    `statements`, `assignments`, `branches`, `loops`, `patterns`, `definitions`, `imports`: what a statement does
    `expressions`, `operators`, `displays`, `calls`, `conditions`: what an expression is
    `machine`: the state of reading, and the operations on values; `functions`: summaries of functions; `dependencies`: what they
        have seen; `later`: what runs later; `scattered`: what was stored in something unknown
    `scope`, `bindings`, `places`: variables, the names that code binds, and whether a change certainly happens
    `limits`: THE limits of work and depth; `results`: the calls and findings so far
"""
