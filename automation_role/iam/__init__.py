"""Decides as IAM would.

In: policy documents and a request. Out: a decision, with the statement that decided.

Modelled: identity policies (inline, managed, of groups), permissions boundaries, explicit denies, trust policies, service and resource
control policies if passed; `Not…` elements, wildcards, policy variables, ARN and case rules, the string, ARN, number, date, boolean,
address and null operators with `IfExists` and set operators. Not modelled, and never guessed: session policies, resource policies, binary
operators, and what only a deployment knows. A decision that depends on one of these is undecided.

Where to look:
    `decision`: whether IAM would allow a request; `identities`: who asks, with which policies; `context`: the request's condition keys
    `documents`: reads a policy; `grammar`: whether it is valid; `statements`, `conditions`, `matches`: whether a statement applies to a request
    `logic`: yes, no and undecided; `text`: wildcards and variables in texts
    `trust`: who can assume a role; `managed`: AWS managed policies by name
"""

from __future__ import annotations
