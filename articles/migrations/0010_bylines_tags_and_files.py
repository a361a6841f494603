"""Bylines with roles and guests, tags, files for machines; each line keeps the date of its article."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_DATES = """
    UPDATE articles_byline SET published_at = (
        SELECT published_at FROM articles_article WHERE articles_article.id = article_id
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_states_times_and_revisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Guest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('slug', models.SlugField(help_text='The address: /authors/SLUG/.', max_length=80, unique=True)),
                ('biography', models.TextField(blank=True, help_text='Two or three sentences, shown on their page.', max_length=1000)),
            ],
            options={
                'ordering': ('name', 'id'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='byline',
            name='one_byline_a_person',
        ),
        migrations.AddField(
            model_name='byline',
            name='is_first',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddField(
            model_name='byline',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='byline',
            name='role',
            field=models.CharField(choices=[('text', 'Text'), ('reporting', 'Additional reporting'), ('photo', 'Photographs'), ('illustration', 'Illustrations'), ('video', 'Video'), ('graphics', 'Graphics and data'), ('translation', 'Translation'), ('editor', 'Editing')], default='text', max_length=12),
        ),
        migrations.AlterField(
            model_name='byline',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='byline',
            name='guest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to='articles.guest'),
        ),
        migrations.AddIndex(
            model_name='byline',
            index=models.Index(condition=models.Q(('is_first', True)), fields=['person', '-published_at', '-article'], name='byline_by_person'),
        ),
        migrations.AddIndex(
            model_name='byline',
            index=models.Index(condition=models.Q(('is_first', True)), fields=['guest', '-published_at', '-article'], name='byline_by_guest'),
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.UniqueConstraint(fields=('article', 'person', 'role'), name='one_byline_a_person_and_role'),
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.UniqueConstraint(fields=('article', 'guest', 'role'), name='one_byline_a_guest_and_role'),
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guest__isnull', True), ('person__isnull', False)), models.Q(('guest__isnull', False), ('person__isnull', True)), _connector='OR'), name='byline_names_a_person_or_a_guest', violation_error_message='Name a person or a guest, one of them.'),
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('folded', models.CharField(editable=False, max_length=180, unique=True)),
                ('slug', models.SlugField(help_text='The address: /tags/SLUG/.', max_length=68, unique=True)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='articles.tag')),
            ],
            options={
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Tagging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('published_at', models.DateTimeField(editable=False, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='articles.article')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taggings', to='articles.tag')),
            ],
            options={
                'ordering': ('position', 'id'),
                'indexes': [models.Index(fields=['tag', '-published_at', '-article'], name='tagging_by_tag')],
                'constraints': [models.UniqueConstraint(fields=('article', 'tag'), name='one_tag_once')],
            },
        ),
        migrations.CreateModel(
            name='MachineFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(choices=[('robots.txt', 'robots.txt: what crawlers may read'), ('ads.txt', 'ads.txt: who may sell advertising here'), ('security.txt', 'security.txt: whom to tell of a weakness')], max_length=20, unique=True)),
                ('text', models.TextField(blank=True, help_text="Left empty, the portal's own stands; there is none of security.txt.", max_length=100000)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-updated_at'], name='article_updated'),
        ),
        # The last: PostgreSQL does not alter a table whose rows have changed.
        migrations.RunSQL(_DATES, migrations.RunSQL.noop),
    ]
