"""Many accounts: the role of the central account, the role of each target account, and its roll-out; a file each.

In: accounts, units, runbooks. Out: roles, and the StackSet that rolls one of them out.

Where to look:
    `administration`: the central account's role; `execution`: the role in each target account
    `stack_set`, `stack_set_role`, `arguments`, `nested_app`: the roll-out, the role that it assumes, what it passes on, its template
    `account_checks`, `roll_out_checks`, `assumable_roles`: what these share
"""
