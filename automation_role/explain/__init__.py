"""Presents a derivation to people: a model, a comparison of two versions, the HTML page.

In: a derivation. Out: what each step needs and why, as data and as text.
"""
