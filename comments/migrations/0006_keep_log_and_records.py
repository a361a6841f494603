"""The database itself refuses to change the log; and people have the record they have earned."""

from django.db import migrations

_REFUSE = {
    "postgresql": (
        """
        CREATE FUNCTION comments_keep_log() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'The moderation log is append-only.';
        END
        $$ LANGUAGE plpgsql
        """,
        """
        CREATE TRIGGER comments_keep_log BEFORE UPDATE OR DELETE ON comments_moderationentry
        FOR EACH ROW EXECUTE FUNCTION comments_keep_log()
        """,
    ),
    "sqlite": (
        """
        CREATE TRIGGER comments_keep_log_update BEFORE UPDATE ON comments_moderationentry
        BEGIN SELECT RAISE(ABORT, 'The moderation log is append-only.'); END
        """,
        """
        CREATE TRIGGER comments_keep_log_delete BEFORE DELETE ON comments_moderationentry
        BEGIN SELECT RAISE(ABORT, 'The moderation log is append-only.'); END
        """,
        # What replaces a row is no update to SQLite.
        """
        CREATE TRIGGER comments_keep_log_replace BEFORE INSERT ON comments_moderationentry
        WHEN EXISTS (SELECT 1 FROM comments_moderationentry WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'The moderation log is append-only.'); END
        """,
    ),
}
_ALLOW = {
    "postgresql": (
        "DROP TRIGGER comments_keep_log ON comments_moderationentry",
        "DROP FUNCTION comments_keep_log()",
    ),
    "sqlite": (
        "DROP TRIGGER comments_keep_log_update",
        "DROP TRIGGER comments_keep_log_delete",
        "DROP TRIGGER comments_keep_log_replace",
    ),
}
# What was imported is nobody's record here: the name may be claimed by somebody another day.
_STANDINGS = """
    INSERT INTO comments_standing
        (person_id, stood, taken_down, rejected, reports_upheld, reports_dismissed,
         is_premoderated)
    SELECT author_id,
        SUM(CASE WHEN state = 'visible' THEN 1 ELSE 0 END),
        SUM(CASE WHEN state = 'hidden' THEN 1 ELSE 0 END), 0, 0, 0, FALSE
    FROM comments_comment WHERE NOT is_imported GROUP BY author_id
    ON CONFLICT DO NOTHING
"""


def refuse_changes(apps, schema_editor):
    for statement in _REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow_changes(apps, schema_editor):
    for statement in _ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("comments", "0005_moderation_desk")]

    operations = [
        migrations.RunPython(refuse_changes, allow_changes),
        migrations.RunSQL(_STANDINGS, migrations.RunSQL.noop),
    ]
