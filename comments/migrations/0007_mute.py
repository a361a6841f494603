"""Where somebody is muted. What the log's acts are called is no change of its table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0006_keep_log_and_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='standing',
            name='muted',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='moderationentry',
            name='act',
            field=models.CharField(choices=[('hide', 'Hid a comment'), ('restore', 'Restored a comment'), ('edit', 'Edited their comment'), ('hide_text', 'Hid an earlier version'), ('show_text', 'Showed an earlier version again'), ('withdraw', 'Withdrew their comment'), ('close', 'Closed a discussion'), ('reopen', 'Reopened a discussion'), ('suspend', 'Suspended a person'), ('lift', 'Lifted a suspension'), ('hold', 'Held a comment'), ('approve', 'Approved a comment'), ('reject', 'Rejected a comment'), ('cover', 'Hid a comment because of reports'), ('keep', 'Kept a reported comment'), ('undo', 'Took an act back'), ('slow', 'Slowed a discussion down'), ('premod', 'Changed premoderation'), ('warn', 'Warned a person'), ('mute', 'Muted a person in one discussion'), ('unmute', 'Let a muted person take part again'), ('ban', 'Banned a person'), ('shadow', "Hid a person's new comments from others"), ('note', 'Wrote a note on a person'), ('watch', "Holds a person's comments"), ('block', 'Changed what is blocked'), ('appeal', 'Appealed'), ('grant', 'Granted an appeal'), ('refuse', 'Refused an appeal'), ('policy', 'Changed a policy'), ('notice', 'Decided a notice of illegal content')], max_length=10),
        ),
    ]
