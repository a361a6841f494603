"""Files of pictures are made in other widths: until they are there, readers get the JPEG again."""

from django.db import migrations


def make_files_anew(apps, schema_editor):
    apps.get_model("articles", "Picture").objects.filter(state="ready").update(
        state="waiting", is_complete=False, claimed_until=None, attempts=0
    )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0071_names_in_words'),
    ]

    operations = [
        # The same backwards: the files of this version are not those of the one before.
        migrations.RunPython(make_files_anew, make_files_anew),
    ]
