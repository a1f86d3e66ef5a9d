"""What IAM would answer: policy documents and a request in, a decision out, with the statement that decided.

Modelled: identity policies (inline, managed, of groups), permissions boundaries, explicit denies, trust policies, service and resource
control policies where they are given; `Not…` elements, wildcards, policy variables, ARN and case rules, the string, ARN, number, date, boolean, address and null operators with `IfExists`
and set operators. Not modelled, and never guessed: session policies, resource policies, binary operators, and whatever of a template only a deployment knows. A decision that hangs on one of these is undecided.
"""

from __future__ import annotations
