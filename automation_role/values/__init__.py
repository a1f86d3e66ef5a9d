"""What is known before a run: texts with holes, ARNs, tokens, API calls and permissions.

In: plain data. Out: the frozen values that all other rooms pass to each other.

Where to look:
    `patterns`, `value`: texts with holes, and what is known of an input; `cutting` searches and splits them; `given`: the user's texts
    `calls`: API calls and permissions, with the step they come from
    `place`, `partitions`: where the role is; `arns`, `tokens`, `placeholders`: what texts may contain; `kinds`: checks arguments
"""
