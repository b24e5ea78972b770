from audits.enums import ImportKind
from audits.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Brings in the cases that can be audited."
    kind = ImportKind.CASES
