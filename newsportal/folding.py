"""Templates in which all that is the same for every page of one language stands as text.

A page's frame has two hundred tags, of which more than half say what they said the last time:
words in the reader's language, addresses of pages and of static files, templates that are
included under a fixed name. They are worked out when a template is loaded, once for each language
(docs/adr/0008). Only the portal's own templates, and none of the admin's, where addresses depend
on which admin asks.
"""

import re

from django.template import Context, Template, TemplateDoesNotExist
from django.template.base import tag_re
from django.template.loaders import cached
from django.template.loaders.filesystem import Loader as OwnTemplates
from django.utils.translation import get_language

_TEXT = r"""(?:"[^"]*"|'[^']*')"""
# Tags that say nothing but what stands in them. Names with a colon depend on who asks.
_SAYS_THE_SAME = re.compile(
    rf"translate\s+{_TEXT}(?:\s+context\s+{_TEXT})?"
    rf"|static\s+{_TEXT}|get_static_prefix"
    r"""|url\s+(?:"[^":]*"|'[^':]*')"""
)
_WORDS = re.compile(r"\{% blocktranslate trimmed %\}[^{]*\{% endblocktranslate %\}")
_INCLUDE = re.compile(rf"include\s+({_TEXT})(?:\s+with\s+((?:(?!\bonly$).)*))?", re.DOTALL)
# What belongs to a template as a whole, or is to be seen in it alone.
_STANDS_ALONE = re.compile(
    r"\{% (?:extends|block|verbatim|comment|cycle|ifchanged|language) |\{%[^}]* (?:as|asvar) \w"
)


class Loader(cached.Loader):
    """Django's, which keeps templates; here once for each language, and folded."""

    def cache_key(self, template_name, skip=None):
        return f"{get_language()} {super().cache_key(template_name, skip)}"

    def get_contents(self, origin):
        contents = super().get_contents(origin)
        if not isinstance(origin.loader, OwnTemplates) or origin.template_name.startswith("admin/"):
            return contents
        return self._fold(contents)

    def _fold(self, source):
        source = _WORDS.sub(lambda found: self._said(found[0]), source)
        return "".join(self._fold_piece(piece) for piece in tag_re.split(source))

    def _fold_piece(self, piece):
        if not piece.startswith("{%"):
            return piece
        tag = piece[2:-2].strip()
        if _SAYS_THE_SAME.fullmatch(tag):
            return self._said(piece)
        include = _INCLUDE.fullmatch(tag)
        return piece if include is None else self._included(piece, include[1][1:-1], include[2])

    def _said(self, tag):
        """What Django makes of the tag, unless it would be taken for a tag itself."""
        said = Template(f"{{% load i18n static %}}{tag}", engine=self.engine).render(Context())
        return tag if "{" in said else said

    def _included(self, tag, name, values):
        """The template of that name in the tag's place, where it can stand there."""
        source = self._own_source(name)
        if source is None or _STANDS_ALONE.search(source):
            return tag
        folded = self._fold(source)
        return f"{{% with {values} %}}{folded}{{% endwith %}}" if values else folded

    def _own_source(self, name):
        for loader in self.loaders:
            for origin in loader.get_template_sources(name):
                try:
                    contents = loader.get_contents(origin)
                except TemplateDoesNotExist:
                    continue
                return contents if isinstance(loader, OwnTemplates) else None
        return None
