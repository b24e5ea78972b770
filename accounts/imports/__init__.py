"""Bringing in teams and people.

Each module has its columns as data (`SCHEMA`) and `prepare`, which reads a file, fills the outcome, and returns the
function that saves: checking a file and taking it in are the same code up to that last step.
"""
