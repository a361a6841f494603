"""Series with their parts, what editors put beside an article, and how long articles take to read."""

import html
import math
import re

import django.db.models.deletion
from django.db import migrations, models

# As articles.reading_time had them when this was written.
_TAG = re.compile(r"<[^>]*>")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def _minutes_of(rendered):
    text = html.unescape(_TAG.sub(" ", rendered))
    characters = len(_UNSPACED.findall(text))
    return math.ceil(len(_WORD.findall(_UNSPACED.sub(" ", text))) / 238 + characters / 390)


def tell_times(apps, schema_editor):
    for name in ("Article", "ScheduledUpdate"):
        model = apps.get_model("articles", name)
        changed = []
        for row in model.objects.only("pk", "html").iterator(chunk_size=500):
            row.reading_minutes = _minutes_of(row.html)
            changed.append(row)
            if len(changed) == 500:
                model.objects.bulk_update(changed, ["reading_minutes"])
                changed = []
        model.objects.bulk_update(changed, ["reading_minutes"])


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0050_writing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('slug', models.SlugField(help_text='The address: /series/SLUG/.', max_length=80, unique=True)),
                ('description', models.TextField(blank=True, help_text='Two or three sentences, shown on its page.', max_length=1000)),
            ],
            options={
                'verbose_name_plural': 'series',
                'ordering': ('title', 'id'),
            },
        ),
        migrations.AddField(
            model_name='article',
            name='reading_minutes',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='scheduledupdate',
            name='reading_minutes',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='RelatedPick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='picks', to='articles.article')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='picked_beside', to='articles.article', verbose_name='article')),
            ],
            options={
                'ordering': ('position', 'id'),
                'constraints': [models.UniqueConstraint(fields=('article', 'other'), name='one_pick_once'), models.CheckConstraint(condition=models.Q(('article', models.F('other')), _negated=True), name='no_pick_of_itself', violation_error_message='An article is not related to itself.')],
            },
        ),
        migrations.CreateModel(
            name='SeriesPart',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='series_part', serialize=False, to='articles.article')),
                ('number', models.PositiveSmallIntegerField(help_text='Small numbers are read first.')),
                ('series', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='articles.series')),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.UniqueConstraint(fields=('series', 'number'), name='one_part_a_number')],
            },
        ),
        # The last: PostgreSQL does not alter a table whose rows have changed.
        migrations.RunPython(tell_times, migrations.RunPython.noop),
    ]
