"""An index of what articles say, for the search, and the words that may be mistyped there."""

from django.db import migrations, models

from articles import search_index


def make_index(apps, schema_editor):
    search_index.INDEX.create(schema_editor)


def drop_index(apps, schema_editor):
    search_index.INDEX.drop(schema_editor)


def index_articles(apps, schema_editor):
    names = ("Article", "Byline", "SpellingKey")
    search_index.rebuild(tuple(apps.get_model("articles", name) for name in names))


class Migration(migrations.Migration):
    dependencies = [("articles", "0030_pictures")]

    operations = [
        migrations.CreateModel(
            name="SpellingKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=24)),
                ("word", models.CharField(max_length=24)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "word"), name="one_spelling_key_a_word")
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(index_articles, migrations.RunPython.noop),
    ]
