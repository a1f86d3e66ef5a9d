"""Checks one start of an automation, whatever starts it.

In: parameters, targets, target locations, rate control. Out: the start's request, or one line that says what AWS would refuse.
"""
