"""READ and WRITE: robots.txt, ads.txt and security.txt.

``by`` is the person who acts, an administrator; ``by=None`` is the portal itself.
"""

import re
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import MAX_FILE_LENGTH, MachineFile
from articles.permissions import can_set_site, require

Name = MachineFile.Name

# What nobody finds anything at by a search engine: the desk, accounts, forms, votes.
_ROBOTS = """\
User-agent: *
Disallow: /admin/
Disallow: /accounts/
Disallow: /votes/
Disallow: /comments/*/reply/
Disallow: /comments/*/report/
Disallow: /comments/*/edit/
Disallow: /comments/*/withdraw/
Disallow: /comments/*/agree/
Disallow: /discussions/*/post/
Disallow: /discussions/*/draft/
Disallow: /discussions/*/new/
"""
# How the standard (IAB ads.txt 1.1, 3.2.1) says that nobody sells advertising here.
_ADS = "placeholder.example.com, placeholder, DIRECT, placeholder\n"
_OWN = {Name.ROBOTS: _ROBOTS, Name.ADS: _ADS}
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:", re.IGNORECASE | re.MULTILINE)
# RFC 9116: a field's name, a colon, its value; in its order, for the message.
_FIELD = re.compile(r"^([A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_CONTACT = re.compile(r"(https://|mailto:|tel:)\S+", re.IGNORECASE)


def text_of(name, *, sitemaps=(), now=None):
    """What the file says, with one line break at its end; None where there is nothing to say.

    ``sitemaps`` are whole addresses, named in robots.txt that names none itself. A security.txt
    that has expired says nothing any more: whoever read it could not rely on it. One query.
    """
    written = MachineFile.objects.filter(name=name).values_list("text", flat=True).first()
    text = written or _OWN.get(name, "")
    if name == Name.SECURITY and (not text or expiry_of(text) <= (now or timezone.now())):
        return None
    if name == Name.ROBOTS and not _SITEMAP_LINE.search(text):
        lines = "".join(f"Sitemap: {address}\n" for address in sitemaps)
        text = f"{text}\n\n{lines}" if not text.endswith("\n") else f"{text}\n{lines}"
    return text if text.endswith("\n") else f"{text}\n"


def write_file(*, by=None, name, text):
    """Keeps ``text`` as the file; empty, the portal's own stands again. False if it is so already.

    Locks the file's row. Raises ``ArticleError`` for what the file cannot say,
    ``PermissionDenied``.
    """
    require(by is None or can_set_site(by), _("Only administrators can change these files."))
    text = checked_text(name, text)
    with transaction.atomic():
        MachineFile.objects.get_or_create(name=name)
        file = MachineFile.objects.select_for_update(no_key=True).get(name=name)
        if file.text == text:
            return False
        file.text, file.changed_at = text, timezone.now()
        file.save(update_fields=["text", "changed_at"])
    return True


def checked_text(name, text, now=None):
    """``text`` with one kind of line break; raises ``ArticleError`` for what cannot be."""
    if name not in Name.values:
        raise ArticleError(_("There is no file called %(name)s.") % {"name": name})
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if len(text) > MAX_FILE_LENGTH:
        raise ArticleError(
            _("Use at most %(most)s characters.")
            % {"most": number_format(MAX_FILE_LENGTH, force_grouping=True)}
        )
    if "\0" in text:
        raise ArticleError(_("The text has a NUL in it."))
    if name == Name.SECURITY and text:
        _check_security(text, now or timezone.now())
    return text


def expiry_of(text):
    """Until when a security.txt holds. Raises ``ArticleError`` where it does not say so."""
    values = [value for field, value in _FIELD.findall(text) if field.lower() == "expires"]
    if len(values) != 1:
        raise ArticleError(_("It needs one line “Expires: 2027-01-01T00:00:00Z”."))
    try:
        moment = datetime.fromisoformat(values[0])
    except ValueError as error:
        raise ArticleError(
            _("“%(moment)s” is no moment. Write it like 2027-01-01T00:00:00Z.")
            % {"moment": values[0]}
        ) from error
    if moment.tzinfo is None:
        raise ArticleError(
            _("“%(moment)s” names no time zone. Add Z for UTC.") % {"moment": values[0]}
        )
    return moment.astimezone(UTC)


def _check_security(text, now):
    contacts = [value for field, value in _FIELD.findall(text) if field.lower() == "contact"]
    if not contacts:
        raise ArticleError(_("It needs a line “Contact: mailto:security@example.org”."))
    for contact in contacts:
        if not _CONTACT.fullmatch(contact):
            raise ArticleError(
                _("“%(contact)s” is no address: it begins with https:, mailto: or tel:.")
                % {"contact": contact}
            )
    if expiry_of(text) <= now:
        raise ArticleError(_("“Expires” lies in the past. Give a moment in the future."))
