"""Until now only case files named conflicts of interest: the rows that are there came from one."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def came_from_files(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("audits", "CaseConflict").objects.filter(declared_at=None).update(from_file=True)


class Migration(migrations.Migration):
    dependencies = [("audits", "0004_packs_of_audits")]

    operations = [migrations.RunPython(came_from_files, migrations.RunPython.noop)]
