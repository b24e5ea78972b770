from audits.enums import ImportKind
from audits.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Brings in past audits, so that trends start on the first day."
    kind = ImportKind.AUDITS
