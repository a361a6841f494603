"""An index of what comments say, for the search."""

from django.db import migrations

from comments import search_index


def make_index(apps, schema_editor):
    search_index.INDEX.create(schema_editor)


def drop_index(apps, schema_editor):
    search_index.INDEX.drop(schema_editor)


def index_comments(apps, schema_editor):
    search_index.rebuild(apps.get_model("comments", "Comment"))


class Migration(migrations.Migration):
    dependencies = [("comments", "0008_pages_end")]

    operations = [
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(index_comments, migrations.RunPython.noop),
    ]
