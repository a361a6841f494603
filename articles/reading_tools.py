"""READ: what stands under an article to do with it: save, pass on, count that it is read.

Links to networks are plain: nothing of theirs is loaded, and they hear of a reader who follows
one, and of no other.
"""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _

from articles.saved import asking_saved, is_saved

# Where a page of theirs takes an address and words to post; in the order of the alphabet.
_NETWORKS = (
    ("Bluesky", "https://bsky.app/intent/compose?text={words}%20{address}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={address}"),
    ("WhatsApp", "https://wa.me/?text={words}%20{address}"),
)
# Longer titles are cut in what is sent along: addresses have an end somewhere.
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class SaveButton:
    """The form, or for who is not signed in the link, that saves an article.

    ``keep`` is what the form sends: "1" saves, "0" takes it off the list.
    """

    url: str
    title: str
    label: str
    keep: str
    number: str
    is_form: bool
    from_list: bool = False


@dataclass(frozen=True, slots=True)
class ReadingTools:
    save: SaveButton
    # Where a read is counted.
    read_url: str
    # The article's own address, in full.
    address: str
    mail_url: str
    # ``(name, address)`` of networks.
    links: list


def save_button(article_id, title, *, reader=None, saved=False, from_list=False):
    """The ``SaveButton`` of an article, for ``reader`` or None for everybody else."""
    return SaveButton(
        url=f"/articles/{article_id}/save/",
        title=title,
        label=_("Remove from saved") if saved else _("Save for later"),
        keep="0" if saved else "1",
        number=str(article_id),
        is_form=reader is not None,
        from_list=from_list,
    )


def asking_tools(article, reader):
    """The question that ``tools_of`` asks, if it asks any."""
    return [] if reader is None else [asking_saved(reader, article.pk)]


def tools_of(article, title, base_url, reader=None):
    """The ``ReadingTools`` of an article, which has this title by now.

    One query for ``reader``, none for everybody else.
    """
    address = f"{base_url}{article.get_absolute_url()}"
    words, link = quote(title[:MOST_WORDS], safe=""), quote(address, safe="")
    return ReadingTools(
        save=save_button(
            article.pk,
            title,
            reader=reader,
            saved=reader is not None and is_saved(reader, article.pk),
        ),
        read_url=f"/articles/{article.pk}/read/",
        address=address,
        mail_url=f"mailto:?subject={words}&body={words}%0A%0A{link}",
        links=[(name, form.format(words=words, address=link)) for name, form in _NETWORKS],
    )
