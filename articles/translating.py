"""WRITE: that one article is a translation of another. One transaction a function."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles import editions
from articles.errors import ArticleError
from articles.models import Article, Section
from articles.permissions import require_changer
from articles.turns import take_turn

_TURN = "translations"


def set_original(*, by=None, article, original):
    """Says that ``article`` is a translation of ``original``; None takes that back.

    A translation of a translation is one of the first original. Returns False where that is said
    already. Raises ``ArticleError`` for what ``check_original`` refuses, and ``PermissionDenied``
    for who may not change ``article``. Locks its row, then the turn of translations.
    """
    require_changer(by, article)
    with transaction.atomic():
        article.refresh_from_db(
            from_queryset=Article.objects.select_for_update(
                of=("self",), no_key=True
            ).select_related("section")
        )
        require_changer(by, article)
        take_turn(_TURN)
        original = first_original(original)
        if article.translation_of_id == (original and original.pk):
            return False
        check_original(article=article, original=original, language=article.language)
        article.translation_of, article.version = original, article.version + 1
        Article.objects.filter(pk=article.pk).update(
            translation_of=original, version=F("version") + 1
        )
    return True


def first_original(article):
    """``article`` as it is now, or what it is a translation of; None of None. One query."""
    if article is None:
        return None
    found = Article.objects.select_related("translation_of").get(pk=article.pk)
    return found.translation_of or found


def check_original(*, article, original, language):
    """Raises ``ArticleError``, a sentence, unless ``article`` can be ``original``'s translation.

    ``article`` is None, or has no number, where it is not written yet; ``original`` is no
    translation itself, ``language`` is the one that the article will be in. Three queries at most.
    """
    if original is None:
        return
    pk = article.pk if article is not None else None
    if original.pk == pk:
        raise ArticleError(_("An article is no translation of itself, nor of its translations."))
    if original.language == language:
        told = {"title": original.title, "language": editions.name_of(language)}
        raise ArticleError(_("“%(title)s” is in this language, too: %(language)s.") % told)
    if pk is not None and Article.objects.filter(translation_of=pk).exists():
        raise ArticleError(_("This article has translations of its own, so it is an original."))
    others = Article.objects.filter(translation_of=original, language=language).exclude(pk=pk)
    if other := others.first():
        raise ArticleError(
            _("“%(title)s” is the translation into this language already.") % {"title": other.title}
        )


def settle_language(article, language):
    """Puts ``article`` into ``language``, not yet in its row, if its group lets it.

    Raises ``ArticleError`` where it does not. Needs the lock of its row, and takes the turn of
    translations.
    """
    take_turn(_TURN)
    check_original(article=article, original=article.translation_of, language=language)
    check_translations(article, language)
    article.language = language


def keep_language(article):
    """Raises ``ArticleError`` where its section has come to be in another language meanwhile.

    To be asked once the article is in its section: from then on that one's language cannot
    change. One query, none where the paper has one edition.
    """
    if not editions.has_editions():
        return
    section = Section.objects.filter(pk=article.section_id, language=article.language)
    if not section.exists():
        raise ArticleError(_("Its section has just changed its language. Save it again."))


def check_translations(article, language):
    """Raises ``ArticleError`` where ``article`` has a translation into ``language``. One query."""
    if Article.objects.filter(translation_of=article.pk, language=language).exists():
        raise ArticleError(
            _("There is a translation of this article into that section’s language.")
        )
