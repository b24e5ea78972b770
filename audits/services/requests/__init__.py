"""What people who take part in an audit ask for: asking, deciding, undoing, and what falls away by itself.

Rows are taken in one order: the audit, its allocation, the request. So no two of these wait for each other.
"""
