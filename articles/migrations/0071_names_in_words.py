"""What fields and models are called, so that it can be translated. No table is changed."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0070_editions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='article',
            options={'verbose_name': 'article', 'verbose_name_plural': 'articles'},
        ),
        migrations.AlterModelOptions(
            name='banner',
            options={'verbose_name': 'banner', 'verbose_name_plural': 'banners'},
        ),
        migrations.AlterModelOptions(
            name='byline',
            options={'ordering': ('position', 'id'), 'verbose_name': 'byline', 'verbose_name_plural': 'bylines'},
        ),
        migrations.AlterModelOptions(
            name='correction',
            options={'verbose_name': 'correction', 'verbose_name_plural': 'corrections'},
        ),
        migrations.AlterModelOptions(
            name='frontarrangement',
            options={'verbose_name': 'front page', 'verbose_name_plural': 'front pages'},
        ),
        migrations.AlterModelOptions(
            name='frontrow',
            options={'ordering': ('position', 'id'), 'verbose_name': 'row', 'verbose_name_plural': 'rows'},
        ),
        migrations.AlterModelOptions(
            name='guest',
            options={'ordering': ('name', 'id'), 'verbose_name': 'guest', 'verbose_name_plural': 'guests'},
        ),
        migrations.AlterModelOptions(
            name='machinefile',
            options={'ordering': ('name',), 'verbose_name': 'machine file', 'verbose_name_plural': 'machine files'},
        ),
        migrations.AlterModelOptions(
            name='picture',
            options={'verbose_name': 'picture', 'verbose_name_plural': 'pictures'},
        ),
        migrations.AlterModelOptions(
            name='redirect',
            options={'ordering': ('-made_at', '-id'), 'verbose_name': 'redirect', 'verbose_name_plural': 'redirects'},
        ),
        migrations.AlterModelOptions(
            name='relatedpick',
            options={'ordering': ('position', 'id'), 'verbose_name': 'related pick', 'verbose_name_plural': 'related picks'},
        ),
        migrations.AlterModelOptions(
            name='remit',
            options={'verbose_name': 'remit', 'verbose_name_plural': 'remits'},
        ),
        migrations.AlterModelOptions(
            name='section',
            options={'ordering': ('position', 'name'), 'verbose_name': 'section', 'verbose_name_plural': 'sections'},
        ),
        migrations.AlterModelOptions(
            name='series',
            options={'ordering': ('title', 'id'), 'verbose_name': 'series', 'verbose_name_plural': 'series'},
        ),
        migrations.AlterModelOptions(
            name='seriespart',
            options={'ordering': ('number',), 'verbose_name': 'series part', 'verbose_name_plural': 'series parts'},
        ),
        migrations.AlterModelOptions(
            name='tag',
            options={'ordering': ('name', 'id'), 'verbose_name': 'tag', 'verbose_name_plural': 'tags'},
        ),
        migrations.AlterField(
            model_name='article',
            name='embargo_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='article',
            name='lead',
            field=models.TextField(blank=True, help_text='A sentence or two under the title.', verbose_name='lead'),
        ),
        migrations.AlterField(
            model_name='article',
            name='lead_picture',
            field=models.ForeignKey(blank=True, help_text='Stands above the text, and beside the title in lists.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_articles', to='articles.picture', verbose_name='lead picture'),
        ),
        migrations.AlterField(
            model_name='article',
            name='published_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='published at'),
        ),
        migrations.AlterField(
            model_name='article',
            name='section',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.section', verbose_name='section'),
        ),
        migrations.AlterField(
            model_name='article',
            name='slug',
            field=models.SlugField(max_length=120, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='article',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('desk', 'At the desk'), ('approved', 'Approved'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='article',
            name='title',
            field=models.TextField(verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='article',
            name='updated_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='article',
            name='withdraw_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='withdraw at'),
        ),
        migrations.AlterField(
            model_name='banner',
            name='article',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='banner',
            name='put_up_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put up by'),
        ),
        migrations.AlterField(
            model_name='banner',
            name='taken_down_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken down by'),
        ),
        migrations.AlterField(
            model_name='banner',
            name='text',
            field=models.CharField(max_length=140, verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='banner',
            name='until',
            field=models.DateTimeField(verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='byline',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='byline',
            name='guest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to='articles.guest', verbose_name='guest'),
        ),
        migrations.AlterField(
            model_name='byline',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AlterField(
            model_name='byline',
            name='position',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='byline',
            name='role',
            field=models.CharField(choices=[('text', 'Text'), ('reporting', 'Additional reporting'), ('photo', 'Photographs'), ('illustration', 'Illustrations'), ('video', 'Video'), ('graphics', 'Graphics and data'), ('translation', 'Translation'), ('editor', 'Editing')], default='text', max_length=12, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='kind',
            field=models.CharField(choices=[('correction', 'Correction'), ('clarification', 'Clarification'), ('update', 'Update')], default='correction', max_length=13, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='text',
            field=models.TextField(help_text='What was wrong, and what is right. Addresses become links.', verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='correction',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by'),
        ),
        migrations.AlterField(
            model_name='frontarrangement',
            name='made_at',
            field=models.DateTimeField(editable=False, verbose_name='made at'),
        ),
        migrations.AlterField(
            model_name='frontarrangement',
            name='made_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AlterField(
            model_name='frontarrangement',
            name='name',
            field=models.CharField(help_text='For editors alone.', max_length=60, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='frontarrangement',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('former', 'Former')], default='draft', editable=False, max_length=6, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='article',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='heading',
            field=models.CharField(blank=True, max_length=60, verbose_name='heading'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='place',
            field=models.CharField(choices=[('lead', 'Lead'), ('seconds', 'Seconds'), ('beside', 'Beside them'), ('block', 'Block below')], default='seconds', max_length=7, verbose_name='place'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='position',
            field=models.PositiveSmallIntegerField(default=100, help_text='Small numbers first.', verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='section',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.section', verbose_name='section'),
        ),
        migrations.AlterField(
            model_name='frontrow',
            name='until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='guest',
            name='biography',
            field=models.TextField(blank=True, help_text='Two or three sentences, shown on their page.', max_length=1000, verbose_name='biography'),
        ),
        migrations.AlterField(
            model_name='guest',
            name='name',
            field=models.CharField(max_length=100, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='guest',
            name='slug',
            field=models.SlugField(help_text='The address: /authors/SLUG/.', max_length=80, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='machinefile',
            name='name',
            field=models.CharField(choices=[('robots.txt', 'robots.txt: what crawlers may read'), ('ads.txt', 'ads.txt: who may sell advertising here'), ('security.txt', 'security.txt: whom to tell of a weakness')], max_length=20, unique=True, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='machinefile',
            name='text',
            field=models.TextField(blank=True, help_text="Left empty, the portal's own stands; there is none of security.txt.", max_length=100000, verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='caption',
            field=models.TextField(help_text='What readers should know of it. It stands below.', verbose_name='caption'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='credit',
            field=models.TextField(help_text='Who made it. It stands below, and in its files.', verbose_name='credit'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='focal_x',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='focal x'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='focal_y',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='focal y'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='height',
            field=models.PositiveIntegerField(editable=False, verbose_name='height'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='licence',
            field=models.CharField(choices=[('own', 'Made by or for this newsroom'), ('agency', 'Licensed from an agency'), ('permission', "With its owner's permission"), ('cc-by-4.0', 'Creative Commons, attribution (CC BY 4.0)'), ('cc-by-sa-4.0', 'Creative Commons, attribution, share alike (CC BY-SA 4.0)'), ('cc0-1.0', 'Creative Commons, no rights reserved (CC0 1.0)'), ('public-domain', 'Public domain'), ('other', 'Another one, named below')], max_length=20, verbose_name='licence'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='state',
            field=models.CharField(choices=[('waiting', 'files are being made'), ('ready', 'all files made'), ('failed', 'files could not be made; readers get a plain JPEG')], default='waiting', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='uploaded_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='uploaded_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='width',
            field=models.PositiveIntegerField(editable=False, verbose_name='width'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='article',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='made_at',
            field=models.DateTimeField(verbose_name='made at'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='note',
            field=models.CharField(blank=True, max_length=200, verbose_name='note'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='path',
            field=models.CharField(max_length=300, unique=True, verbose_name='path'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='section',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.section', verbose_name='section'),
        ),
        migrations.AlterField(
            model_name='redirect',
            name='target',
            field=models.CharField(blank=True, max_length=300, verbose_name='target'),
        ),
        migrations.AlterField(
            model_name='relatedpick',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='picks', to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='relatedpick',
            name='position',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='remit',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remits', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AlterField(
            model_name='remit',
            name='section',
            field=models.ForeignKey(blank=True, help_text='Empty: every section.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remits', to='articles.section', verbose_name='section'),
        ),
        migrations.AlterField(
            model_name='section',
            name='description',
            field=models.CharField(blank=True, max_length=200, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='section',
            name='name',
            field=models.CharField(max_length=60, unique=True, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='section',
            name='position',
            field=models.PositiveSmallIntegerField(default=100, help_text='Small numbers come first.', verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='section',
            name='slug',
            field=models.SlugField(max_length=60, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='series',
            name='description',
            field=models.TextField(blank=True, help_text='Two or three sentences, shown on its page.', max_length=1000, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='series',
            name='slug',
            field=models.SlugField(help_text='The address: /series/SLUG/.', max_length=80, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='series',
            name='title',
            field=models.CharField(max_length=120, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='seriespart',
            name='article',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='series_part', serialize=False, to='articles.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='seriespart',
            name='number',
            field=models.PositiveSmallIntegerField(help_text='Small numbers are read first.', verbose_name='number'),
        ),
        migrations.AlterField(
            model_name='seriespart',
            name='series',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='articles.series', verbose_name='series'),
        ),
        migrations.AlterField(
            model_name='tag',
            name='description',
            field=models.CharField(blank=True, max_length=200, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='tag',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='articles.tag', verbose_name='merged into'),
        ),
        migrations.AlterField(
            model_name='tag',
            name='name',
            field=models.CharField(max_length=60, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='tag',
            name='slug',
            field=models.SlugField(help_text='The address: /tags/SLUG/.', max_length=68, unique=True, verbose_name='slug'),
        ),
    ]
