from audits.enums import ImportKind
from audits.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Brings in the people, their roles, teams, line managers and absences."
    kind = ImportKind.PEOPLE
