"""Discussions are told which part of the site they belong to: their article's section."""

from django.db import migrations

_AREAS = """
    UPDATE comments_discussion SET area = (
        SELECT articles_section.slug FROM articles_article
        JOIN articles_section ON articles_section.id = articles_article.section_id
        WHERE articles_article.discussion_id = comments_discussion.id
    )
    WHERE id IN (SELECT discussion_id FROM articles_article)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_source_published_at"),
        ("comments", "0005_moderation_desk"),
    ]

    operations = [migrations.RunSQL(_AREAS, migrations.RunSQL.noop)]
