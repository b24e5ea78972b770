from audits.enums import ImportKind
from audits.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Brings in the teams, their services, areas and managers."
    kind = ImportKind.TEAMS
