"""Checks one start of an automation, whatever starts it.

In: parameters, targets, target locations, rate control. Out: the start's request, or one line that says what AWS would refuse.

Where to look: `request`: parameters, rate control and names; `targets`: what it runs on; `target_locations`: the accounts and Regions of a central start.
"""
