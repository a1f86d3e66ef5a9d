"""Checks one start of an automation, whatever starts it.

In: parameters, targets, target locations, rate control. Out: the start's request, or one line that says what AWS would refuse.

Where to look: `request`: all but where it runs; `target_locations`: the accounts and Regions of a central start.
"""
