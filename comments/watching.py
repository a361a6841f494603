"""The phases of ``screening`` that look for what is watched: words, and hosts of links. PURE."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from comments.links import is_below
from comments.verdicts import Verdict, hold


def blocked_link(draft, context):
    for host in draft.hosts:
        if is_below(host, context.blocked_hosts):
            return Verdict(
                "blocked_link",
                _("Comments here may not link to %(host)s. Leave that link out.") % {"host": host},
            )
    return None


def many_links(draft, context):
    counted = sum(not is_below(host, context.trusted_hosts) for host in draft.hosts)
    if counted <= context.links:
        return None
    said = gettext_noop(
        "It has %(count)s links, and yours may have %(most)s before a moderator looks."
    )
    return hold("many_links", said, count=counted, most=context.links)


def refused_words(draft, context):
    hits = _hits(draft, context, "reject")
    if not hits:
        return None
    return Verdict(
        "refused_words",
        _("Some words are not used here: %(words)s. Say it in others and post again.")
        % {"words": _named(draft, hits)},
        hits=hits,
    )


def held_words(draft, context):
    hits = _hits(draft, context, "hold")
    if not hits:
        return None
    said = gettext_noop("Moderators look at some words first: %(words)s.")
    return hold("held_words", said, hits, words=_named(draft, hits))


def _hits(draft, context, verdict):
    if context.words is None:
        return ()
    return tuple(
        (hit.start, hit.end, hit.entry)
        for hit in context.words.hits(draft.text)
        if hit.verdict == verdict
    )


# So many are named to whoever wrote them; a moderator sees all of them.
_NAMED = 5


def _named(draft, hits):
    said = dict.fromkeys(" ".join(draft.text[start:end].split()) for start, end, _ in hits)
    return ", ".join(f"“{each}”" for each in list(said)[:_NAMED])
