"""What was posted before gets its arrival, its thread and its earlier versions."""

from django.db import migrations

_ARRIVALS = """
    UPDATE comments_comment SET arrival = ranked.place
    FROM (
        SELECT id, ROW_NUMBER() OVER (PARTITION BY discussion_id ORDER BY id) AS place
        FROM comments_comment
    ) AS ranked
    WHERE ranked.id = comments_comment.id
"""
_COUNTS = """
    UPDATE comments_discussion SET ranked_from = version, arrival_count = (
        SELECT COUNT(*) FROM comments_comment WHERE discussion_id = comments_discussion.id
    )
"""
_THREADS = """
    INSERT INTO comments_thread
        (root_id, discussion_id, tree_id, size, visible_replies, best, began_in, moved_in)
    SELECT root.id, root.discussion_id, root.tree_id, tree.size, tree.visible_replies, 0, 0, 0
    FROM comments_comment AS root
    JOIN (
        SELECT tree_id, COUNT(*) AS size,
            SUM(CASE WHEN parent_id IS NOT NULL AND state = 'visible' THEN 1 ELSE 0 END)
                AS visible_replies
        FROM comments_comment GROUP BY tree_id
    ) AS tree ON tree.tree_id = root.tree_id
    WHERE root.parent_id IS NULL
"""


def _keep_earlier_versions(apps, schema_editor):
    """Edits were told in the log alone; each entry has what the comment said before."""
    entries = apps.get_model("comments", "ModerationEntry")
    revisions = apps.get_model("comments", "Revision")
    edits = (
        entries.objects.filter(act="edit", comment__isnull=False)
        .order_by("comment_id", "id")
        .values_list("comment_id", "comment__posted_at", "at", "before")
    )
    comment, written_at, found = None, None, []
    for comment_id, posted_at, at, before in edits.iterator():
        if comment_id != comment:
            comment, written_at = comment_id, posted_at
        found.append(
            revisions(
                comment_id=comment_id,
                number=before["revision"],
                text=before.get("text", ""),
                blocks=before.get("blocks"),
                written_at=written_at,
            )
        )
        written_at = at
    revisions.objects.bulk_create(found, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_orders_votes_visits")]

    operations = [
        migrations.RunSQL([_ARRIVALS, _COUNTS, _THREADS], migrations.RunSQL.noop),
        migrations.RunPython(_keep_earlier_versions, migrations.RunPython.noop),
    ]
