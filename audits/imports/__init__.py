"""Bringing in cases and past audits. One module a kind of file: what its columns are, and what its rows
become."""
