"""Presents a derivation to people: a model, a comparison of two versions, the HTML page.

In: a derivation. Out: what each step needs and why, as data and as text.

Where to look:
    `model`: what each step needs and why; `needs`: what the whole policy allows; `compare`: two versions; `flow`: which step follows
    `markdown`, `mermaid`, `html/`: for people; `alerts`, `sarif`, `github`: for pipelines; `visible`: texts made safe to show
"""
