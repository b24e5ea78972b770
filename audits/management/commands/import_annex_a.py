from audits.enums import ImportKind
from audits.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Brings in the cases of an Ofsted Annex A workbook."
    kind = ImportKind.ANNEX_A
