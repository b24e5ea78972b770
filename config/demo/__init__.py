"""The demonstration authority: Wexmoor Council, which does not exist, with people and children who never lived.

The same day always gives the same authority: everything comes from seeded random numbers, one stream a subject, so
that a change to one subject leaves the others as they were. `loading.load` makes it, in the order of its imports.
"""
