"""Reading a table that somebody sends: a CSV file or an Excel workbook, as dirty as real ones are.

Read in this order: `opening` turns bytes into sheets of raw cells (or refuses the file with one plain
sentence), `headers` finds our columns in their header row, `values` reads one cell, `schema` turns rows into
values and `outcome` collects everything that has to be said about it. Nothing here knows the database or what
the rows are for: each import describes its columns as data (`Schema`) and saves what comes out.
"""
