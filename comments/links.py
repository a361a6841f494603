"""Where the links of a comment lead. PURE."""

import re

# A link's address in rendered HTML: ``comments.markup`` alone writes it, always so.
_HREF = re.compile(r'<a [^>]*?href="(https?://[^"]*)"')
_HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)")


def hosts_linked(html):
    """The hosts that rendered ``html`` links to outside the portal, one for each link, in order."""
    hosts = []
    for address in _HREF.findall(html):
        found = _HOST.match(address)
        if found:
            hosts.append(found[1].lower().rstrip("."))
    return tuple(hosts)


def is_below(host, hosts):
    """Whether ``host`` or a host above it is among ``hosts``.

    >>> is_below("news.example.org", {"example.org"}), is_below("badexample.org", {"example.org"})
    (True, False)
    """
    while host:
        if host in hosts:
            return True
        _, _, host = host.partition(".")
    return False
