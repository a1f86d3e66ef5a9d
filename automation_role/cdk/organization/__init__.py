"""Many accounts: the role of the central account, the role of each target account, and its roll-out; a file each.

In: accounts, units, runbooks. Out: roles, and the StackSet that rolls one of them out.
"""
