"""How the words of other systems become one word here, so that one child is not counted in two strata.

Codes are those of the children in need census and the Ofsted Annex A guidance. Words that are not listed are
kept as they are written.
"""

from accounts.tables.values import Parser, label_of, text, without_code

gender: Parser = label_of(
    ["Female", "Male", "Not stated", "Neither"],
    {
        "F": "Female",
        "Girl": "Female",
        "2": "Female",
        "M": "Male",
        "Boy": "Male",
        "1": "Male",
        "U": "Not stated",
        "0": "Not stated",
        "Unknown": "Not stated",
        "Not known": "Not stated",
        "Not recorded": "Not stated",
        "Not stated/recorded": "Not stated",
        "Not stated/recorded (or unborn)": "Not stated",
        "I": "Neither",
        "9": "Neither",
        "Indeterminate": "Neither",
    },
)

abuse_category: Parser = label_of(
    ["Neglect", "Physical abuse", "Sexual abuse", "Emotional abuse", "Multiple"],
    {
        "NEG": "Neglect",
        "PHY": "Physical abuse",
        "Physical": "Physical abuse",
        "SAB": "Sexual abuse",
        "Sexual": "Sexual abuse",
        "EMO": "Emotional abuse",
        "Emotional": "Emotional abuse",
        "MUL": "Multiple",
        "Multiple categories": "Multiple",
    },
)

# fmt: off
_ETHNICITY_CODES = frozenset({
    "WBRI", "WIRI", "WIRT", "WROM", "WOTH", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN", "AOTH",
    "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT",
})
# fmt: on


def ethnicity(cell: object) -> str:
    """`k) APKN` and `apkn` are APKN; a written-out ethnicity stays as it is written."""
    value = without_code(text(cell))
    return value.upper() if value.upper() in _ETHNICITY_CODES else value[:100]
