"""What a page's comments are, told to machines: JSON-LD with schema.org's ``Comment``. PURE.

The page is not a forum's posting: search engines ask for ``DiscussionForumPosting`` only where
what is discussed was itself written by a reader, so the comments hang on a ``WebPage``. Of a
comment, Google wants ``author``, ``datePublished`` and ``text``, and counts votes by
``interactionStatistic``; ``upvoteCount`` is the word of others that read schema.org.
"""

from json import JSONEncoder
from json.encoder import encode_basestring

_VISIBLE = "visible"
_quoted = JSONEncoder(ensure_ascii=False, check_circular=False).encode
# In JSON these stand in strings alone, where they can be written so: then nothing in it can end
# the script element, begin a comment in it, or end a line of a script.
_ESCAPES = (
    ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
    ("\u2028", "\\u2028"), ("\u2029", "\\u2029"),
)  # fmt: skip


def structured_comments(rows, base_url, *, path="/", title="", said=None, about=None):
    """The text of a ``<script type="application/ld+json">`` for a page that shows ``rows``.

    ``rows`` are in display order and may begin anywhere in a tree. Each has ``id``,
    ``parent_id``, ``author``, ``author_url`` (a path), ``posted_iso``, ``edited_iso`` ("" if it
    was not edited), ``text``, ``agree_count`` and ``state``. ``base_url`` is the portal's, with
    no slash at its end; ``path`` and ``title`` are the page's; ``said(row, base_url)`` gives what
    ``said_of`` does, by default that itself. ``about`` is what the comments are about, if that
    is more than a page: ``(an object, [others beside it])``, all one graph. Comments lie in what
    they answer, or name it where the page does not show it. What was taken down is told, with
    nothing of what it said or who said it, only where a reply to it is shown.

    The result is safe inside that element as it stands, whatever people wrote. It is put
    together by hand, in one pass: every page waits for it, and trees may be deep.
    """
    said = said or said_of
    site = _escape(base_url)
    answered = set()
    for row in reversed(rows):
        if row.state == _VISIBLE or row.id in answered:
            answered.add(row.parent_id)
    if about is None:
        page = _escape(_quoted(base_url + path))
        parts = ['{"@context":"https://schema.org","@type":"WebPage"']
        parts.append(f',"@id":{page},"url":{page},"name":{_escape(_quoted(title))},"comment":[')
        end = "]}"
    else:
        node, others = about
        node = _escape(_quoted(node))
        parts = ['{"@context":"https://schema.org","@graph":[', node[:-1], ',"comment":[']
        end = "".join(("]}", *(f",{_escape(_quoted(other))}" for other in others), "]}"))
    # The comments whose objects are open, and how each is closed: a list is opened in it when
    # its first reply comes.
    opened, closers = [], []
    separator = ""
    for row in rows:
        visible = row.state == _VISIBLE
        if not visible and row.id not in answered:
            continue
        parent_id = row.parent_id
        while opened and opened[-1] != parent_id:
            opened.pop()
            parts.append(closers.pop())
        if opened and closers[-1] == "}":
            closers[-1] = "]}"
            separator = ',"comment":['
        url = f'"{site}/comments/{row.id}/"'
        parts.append(f'{separator}{{"@type":"Comment","@id":{url},"url":{url}')
        if parent_id is not None and not opened:
            parts.append(f',"parentItem":{{"@id":"{site}/comments/{parent_id}/"}}')
        parts.append(said(row, base_url) if visible else ',"creativeWorkStatus":"Deleted"')
        opened.append(row.id)
        closers.append("}")
        separator = ","
    parts += reversed(closers)
    parts.append(end)
    return "".join(parts)


def structured_nodes(nodes):
    """The same text for a page without comments: ``nodes`` are objects of schema.org."""
    return _escape(_quoted({"@context": "https://schema.org", "@graph": nodes}))


def _escape(text):
    for mark, escaped in _ESCAPES:
        text = text.replace(mark, escaped)
    return text


def said_of(row, base_url):
    """Who said what, and when: the inside of a comment's object, escaped for the script element."""
    edited, agreed = row.edited_iso, row.agree_count
    modified = f'"dateModified":"{edited}",' if edited else ""
    likes = ""
    if agreed:
        likes = (
            ',"interactionStatistic":{"@type":"InteractionCounter","interactionType":'
            f'"https://schema.org/LikeAction","userInteractionCount":{agreed}}}'
        )
    return _escape(
        f',"author":{{"@type":"Person","name":{encode_basestring(row.author)},'
        f'"url":{encode_basestring(base_url + row.author_url)}}},'
        f'"datePublished":"{row.posted_iso}",{modified}'
        f'"text":{encode_basestring(row.text)},"upvoteCount":{agreed}{likes}'
    )
