"""The tool that cycles were published with so far, the newest published one, stays the one in use."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_in_use(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    versions = apps.get_model("audits", "FormVersion").objects
    tools = versions.filter(state="published").exclude(definition__kind="pack")
    newest = tools.order_by("-published_at", "-number").first()
    if newest is not None:
        versions.filter(pk=newest.pk).update(standard_since=newest.published_at)


class Migration(migrations.Migration):
    dependencies = [("audits", "0006_stage_one_in_full")]

    operations = [migrations.RunPython(keep_in_use, migrations.RunPython.noop)]
