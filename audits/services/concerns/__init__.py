"""Immediate safeguarding concerns: raising one, its climb, who takes it on, and what is written down."""
