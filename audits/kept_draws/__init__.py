"""What a draw that was kept has to say, long after it was made.

why.py         how one allocation came about, in sentences
lookup.py      why a case, or an auditor, was or was not drawn
exclusions.py  the days and names behind the rule that left a case out
outside.py     the draw's figures with case numbers and addresses instead of primary keys
"""
