"""The well-known attacks, in every place where people write, looked at in a real browser.

Pages are opened with the Content Security Policy switched off, because escaping has to do by
itself; the policy is the wall behind it. Some are opened with it as well: there a script that got
in would show as a breach.
"""

import unicodedata
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts import membership
from accounts.models import MAX_HANDLE_LENGTH, User
from articles import crediting, publishing, sections, tagging
from articles.importer import loader
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.models import MAX_GUEST_NAME, MAX_TAG_NAME, Tag
from comments import posting, rules
from comments.links import hosts_linked
from comments.models import Comment, WatchedHost
from tests.conftest import PASSWORD
from tests.journeys import steps
from tests.xss_vectors import VECTORS

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The vectors that fit on one line of a saved page, into a title or a name: no control characters.
ONE_LINERS = [
    vector.strip()
    for vector in VECTORS
    if not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in vector)
]

# What does not belong into a page of ours; then everything that people wrote is pointed at and
# clicked. ``allowed`` names what the page has of its own.
FIND_INTRUDERS = r"""(allowed) => {
  const found = [];
  const foreign = ["script", "img", "image", "svg", "math", "iframe", "object", "embed", "video",
    "audio", "style", "base", "body body", "marquee", "frame", "frameset", "details", "template",
    "meta[http-equiv]", "noscript", "xmp", "source", "table", "select", "applet", "link"];
  // Feeds of the page, its neighbours, folded replies, and what machines are told: each of our own
  // making to the last attribute, and just where we put it.
  const attributes = (element, ...names) =>
    element.getAttributeNames().every((name) => names.includes(name)) &&
    names.every((name) => element.hasAttribute(name));
  const FORMS = { "application/rss+xml": "rss", "application/atom+xml": "atom",
    "application/feed+json": "json" };
  const FEED = new RegExp("^/(?:(?:discussions/\\d+|comments/\\d+|people/[^<>\"'?#]+" +
    "|(?:sections|tags|authors)/[-a-zA-Z0-9_]+)/)?feed\\.(rss|atom|json)$" +
    "|^/search/feed\\.(rss|atom|json)\\?[-+%&=.~_a-zA-Z0-9]+$");
  const isFeed = (element) =>
    element.matches("head > link[rel=alternate]") &&
    attributes(element, "rel", "type", "title", "href") &&
    element.type in FORMS &&
    FEED.exec(element.getAttribute("href"))?.slice(1).includes(FORMS[element.type]);
  const isNeighbour = (element) =>
    element.matches("head > link[rel=next], head > link[rel=prev]") &&
    attributes(element, "rel", "href") &&
    new URL(element.href).origin === location.origin &&
    new URL(element.href).pathname === location.pathname;
  const isFold = (element) =>
    element.matches(".threads .branch > details.replies[open]") &&
    attributes(element, "class", "id", "open") &&
    element.className === "replies" &&
    /^r\d+$/.test(element.id) &&
    !element.closest(".prose") &&
    element.firstElementChild.matches("summary") &&
    Array.from(element.children).slice(1).every((child) => child.matches("div.branch, p.more"));
  const isData = (element) => {
    const type = "[type='application/ld+json']";
    if (!element.matches(`main script${type}, head > script${type}`)) return false;
    if (!attributes(element, "type") || element.closest(".threads, .prose")) return false;
    if (element !== document.querySelector("script[type='application/ld+json']")) return false;
    if (/[<>&\u2028\u2029]/.test(element.textContent)) return false;
    try {
      return JSON.parse(element.textContent)["@context"] === "https://schema.org";
    } catch {
      return false;
    }
  };
  const isOurs = (element) => [isFeed, isNeighbour, isFold, isData].some((of) => of(element));
  const ours = "head > link[rel=stylesheet][href^='/static/'], head > link[rel=canonical]," +
    "head > link[rel=icon][href^='/static/']," +
    "head > link[rel=manifest][href='/manifest.webmanifest']," +
    "script[src^='/static/'], img[src^='/static/']," +
    "script[src='/admin/jsi18n/'], img.ProseMirror-separator:not([src])";
  for (const element of document.querySelectorAll(foreign.join(","))) {
    const own = element.matches(ours) && !element.textContent.trim();
    if (own || isOurs(element) || allowed.includes(element.localName)) continue;
    found.push(element.outerHTML);
  }
  const harmless = ["http:", "https:", "mailto:"];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const forbidden = /^(on|hx-on|style$|srcdoc$|formaction$)/.test(name);
      if (forbidden && !allowed.includes(name)) found.push(`${name}=${value}`);
    }
    for (const name of ["href", "action", "src"]) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      // What is no address at all ("http://javascript:alert(1)" has no such port) leads nowhere.
      const url = URL.parse(value, location.href);
      if (url && !harmless.includes(url.protocol)) found.push(`${name}=${value}`);
    }
  }
  // What people wrote brings no attributes but those of its links and lists.
  const written = ".prose *, .standfirst, h1, .credits *, bdi, .desk-comment div *";
  document.addEventListener("click", (event) => event.preventDefault(), true);
  for (const element of document.querySelectorAll(written)) {
    for (const { name } of element.attributes) {
      if (!["href", "rel", "start", "class", "dir"].includes(name)) found.push(element.outerHTML);
    }
    for (const name of ["mouseover", "pointerenter", "focus", "click"]) {
      element.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true }));
    }
  }
  if (window.__xss !== undefined) found.push("window.__xss was set");
  return found;
}"""
# The stock admin's own furniture, and styles that its scripts set.
OF_THE_ADMIN = ["svg", "details", "table", "select", "template", "style"]


@pytest.fixture
def inspect(open_page):
    """``inspect(paths, by=None, allowed=())``: all without the policy, the first with it, too."""

    def look(*paths, by=None, allowed=()):
        for bypass, some in ((True, paths), (False, paths[:1])):
            page = open_page(by=by, bypass_csp=bypass)
            for path in some:
                answer = page.goto(path)
                assert answer.status == 200, path
                intruders = page.evaluate(FIND_INTRUDERS, list(allowed))
                assert intruders == [], f"{path}: {intruders[:5]}"
            page.context.close()

    return look


def write_article(**fields):
    given = {
        "section": sections.open_section("News"),
        "title": "Under attack",
        "blocks": [{"type": "paragraph", "text": "Calm."}],
        "status": "published",
        "published_at": timezone.now(),
    }
    return publishing.create_article(**(given | fields))


def test_an_intruder_is_found(open_page, make_person):
    """What may stand in our pages may do so as ours alone: each of these is none of it."""
    author, article = make_person("Eve"), write_article()
    first = posting.post_comment(by=author, discussion=article.discussion, text="First.")
    posting.post_comment(by=author, discussion=article.discussion, parent=first, text="Reply.")
    page = open_page(bypass_csp=True)
    page.goto(article.get_absolute_url())
    assert page.evaluate(FIND_INTRUDERS, []) == []
    for place, intruder in (
        (".comment-body", "<details open><summary>a</summary></details>"),
        (".comment-body", '<details class="replies" id="r1" open><summary>a</summary></details>'),
        (".branch", '<details class="replies" id="r1" open><summary>a</summary><p>b</p></details>'),
        (".branch", '<details class="replies" id="r1" open data-a><summary>a</summary></details>'),
        (".comment-body", '<script type="application/ld+json">{}</script>'),
        ("main", '<script type="application/ld+json">{"@context":"https://schema.org"}</script>'),
        ("main", "<script>1</script>"),
        ("body", '<link rel="next" href="?from=1">'),
        ("head", '<link rel="next" href="https://evil.example/">'),
        ("head", '<link rel="manifest" href="//evil.example/manifest.webmanifest">'),
        ("head", '<link rel="next" href="/other/?from=1">'),
        ("head", '<link rel="alternate" type="text/html" title="a" href="/people/Eve/">'),
        (
            "head",
            '<link rel="alternate" type="application/atom+xml" title="a" href="//e/feed.atom">',
        ),
        ("head", '<link rel="alternate" type="text/css" title="a" href="/people/E/feed.atom">'),
    ):
        page.evaluate(
            """([place, html]) => {
              const made = document.createRange().createContextualFragment(html);
              window.made = made.firstChild;
              document.querySelector(place).append(made);
            }""",
            [place, intruder],
        )
        assert page.evaluate(FIND_INTRUDERS, []) != [], intruder
        page.evaluate("window.made.remove()")
    data = "document.querySelector(\"[type='application/ld+json']\").textContent"
    for text in ("{", '{"@context":"https://schema.org","a":"<b>"}', '{"@context":"https://a.b"}'):
        page.evaluate(f"(text) => {{ {data} = text; }}", text)
        assert page.evaluate(FIND_INTRUDERS, []) != [], text


def assert_shown(page, words):
    """That an attack was shown as the text it is, not merely dropped."""
    expect(page.locator("body")).to_contain_text(words)


def test_comments(inspect, open_page, make_person):
    author, moderator = make_person("Eve"), make_person("Mo Derate", role="moderator")
    article = write_article()
    parent = posting.post_comment(by=author, discussion=article.discussion, text="Go on.")
    # What holds a NUL is refused as no text.
    texts = [vector for vector in VECTORS if "\0" not in vector]
    for text in texts:
        posting.post_comment(by=author, discussion=article.discussion, parent=parent, text=text)
    everything = "\n\n".join(texts)[:9_900]
    # With so many links it waits for a moderator: at the desk, and in its writer's page.
    held = posting.post_comment(
        by=author, discussion=article.discussion, parent=parent, text=everything
    )
    inspect(
        f"/admin/moderation/{held.case.pk}/",
        "/admin/moderation/queue/held/",
        by=moderator,
        allowed=OF_THE_ADMIN,
    )
    inspect(
        article.get_absolute_url(),
        f"/comments/{parent.pk}/",
        f"/comments/held/{held.pk}/",
        by=author,
    )
    for host in set(hosts_linked(held.html)):
        rules.save_rule(by=moderator, rule=WatchedHost(host=host, verdict="trusted"))
    whole = posting.post_comment(
        by=author, discussion=article.discussion, parent=parent, text=everything
    )
    posting.edit_comment(by=author, comment=whole, text=everything[:-1], seen_revision=1)
    later = Comment.objects.order_by("tree_id", "lft")[100]
    address = article.get_absolute_url()
    pages = [
        address,
        f"{address}?order=newest",
        f"/comments/{later.pk}/",
        f"/comments/{parent.pk}/thread/",
        f"/comments/{parent.pk}/thread/?from={later.pk}",
        f"/discussions/{article.discussion_id}/new/?since=1",
        f"/comments/{whole.pk}/history/",
    ]
    inspect(*pages, author.get_absolute_url(), f"/comments/{whole.pk}/reply/")
    inspect(
        *pages,
        f"/comments/{later.pk}/agree/",
        f"/comments/{whole.pk}/edit/",
        f"/comments/{whole.pk}/withdraw/",
        f"/comments/{whole.pk}/reply/?quote=1",
        by=author,
    )
    inspect(
        f"/admin/comments/comment/{whole.pk}/change/",
        "/admin/comments/comment/?q=script",
        by=moderator,
        allowed=OF_THE_ADMIN,
    )
    page = open_page(bypass_csp=True)
    page.goto(pages[0])
    assert_shown(page, "<script>window.__xss=1</script>")
    # As a card, which comes into the page when somebody points at a quotation's source.
    page.evaluate(
        """(address) => fetch(address).then((answer) => answer.text()).then((text) => {
          document.querySelector("main").innerHTML = text;
        })""",
        f"/comments/{whole.pk}/preview/",
    )
    expect(page.locator(".preview-words")).to_contain_text("<script>window.__xss=1</script>")
    assert page.evaluate(FIND_INTRUDERS, []) == []


def test_quotations(inspect, open_page, make_person):
    """Attacks quoted by the portal's own quotation form and posted by the quoting reader."""
    author, reader = make_person("Eve"), make_person("Ada")
    article = write_article()
    quoting = []
    client = Client()
    client.force_login(reader, backend="accounts.backends.PortalBackend")
    for vector in VECTORS[::4]:
        comment = posting.post_comment(by=author, discussion=article.discussion, text=vector)
        answer = client.get(f"/comments/{comment.pk}/reply/?quote=1")
        text = answer.context["composer"].form.initial["text"]
        assert text.startswith(">")
        quoting.append(
            posting.post_comment(
                by=reader, discussion=article.discussion, parent=comment, text=f"{text}Indeed."
            )
        )
    inspect(
        article.get_absolute_url(),
        f"/comments/{quoting[-1].pk}/",
        f"/discussions/{article.discussion_id}/new/?since=0",
        reader.get_absolute_url(),
    )
    # In the browser, too, where htmx swaps the form in and the quoting comment after it.
    page = open_page(by=reader, bypass_csp=True)
    page.goto(article.get_absolute_url())
    form = steps.open_composer(page, quoting[0].parent, verb="Quote")
    area = form.get_by_label("Your comment")
    area.fill(f"{area.input_value()}Quoted in place. {VECTORS[0]} {VECTORS[13]}")
    steps.send(form)
    steps.expect_new_comment(page, "Quoted in place.")
    assert page.evaluate(FIND_INTRUDERS, []) == []


def test_names(inspect, open_page, make_person):
    """Handles and real names of imported people; those may be anything that a page holds."""
    moderator = make_person("Mo Derate", role="moderator")
    admin = make_person("Ad Min", role="admin")
    article = write_article()
    names = {vector[:MAX_HANDLE_LENGTH]: vector for vector in ONE_LINERS[:95]}
    people = membership.import_people(names)
    comments = [
        posting.post_comment(by=person, discussion=article.discussion, text="Here I am.")
        for person in people.values()
    ]
    # Further down a handle stands as whom a reply answers, and in the form to answer it.
    posting.post_comment(
        by=people["<script>window.__xss=1</script>"],
        discussion=article.discussion,
        parent=comments[0],
        text="And I.",
    )
    publishing.update_article(article=article, authors=list(people.values())[:20])
    inspect(
        article.get_absolute_url(),
        "/",
        f"/comments/{comments[0].pk}/",
        f"/comments/{comments[0].pk}/reply/",
        f"/discussions/{article.discussion_id}/new/?since=0",
        *(person.get_absolute_url() for person in list(people.values())[:30:6]),
    )
    inspect(
        "/admin/comments/comment/",
        f"/admin/comments/comment/{comments[0].pk}/change/",
        f"/admin/comments/moderationentry/suspend/{comments[0].author_id}/",
        f"/admin/comments/comment/?by={quote(comments[0].author.handle)}",
        "/admin/accounts/user/",
        by=moderator,
        allowed=OF_THE_ADMIN,
    )
    inspect(
        f"/admin/accounts/user/{comments[0].author_id}/change/",
        f"/admin/accounts/user/{comments[0].author_id}/claim/",
        by=admin,
        allowed=OF_THE_ADMIN,
    )
    page = open_page()
    page.goto(article.get_absolute_url())
    assert_shown(page, "<script>window.__xss=1</script>")


def test_articles(inspect, open_page, make_person):
    """Title, lead, paragraphs, inset quotes, their attributions, and photo credits."""
    reader, editor = make_person("Ada"), make_person("Ed Itor", role="editor")
    everything = " ".join(ONE_LINERS)
    article = write_article(
        title=everything,
        lead=everything,
        blocks=[
            *({"type": "paragraph", "text": vector} for vector in VECTORS if "\0" not in vector),
            {"type": "quote", "text": everything, "attribution": everything},
        ],
        photo_credits=ONE_LINERS,
    )
    discussion = article.discussion
    comment = posting.post_comment(by=reader, discussion=discussion, text="What is this?")
    inspect(
        article.get_absolute_url(),
        "/",
        "/latest/",
        "/sections/news/",
        reader.get_absolute_url(),
        f"/comments/{comment.pk}/",
        f"/comments/{comment.pk}/reply/",
        f"/comments/{comment.pk}/thread/",
        f"/comments/{comment.pk}/history/",
    )
    inspect(f"/comments/{comment.pk}/edit/", by=reader)
    inspect(
        f"/admin/articles/article/{article.pk}/change/",
        "/admin/articles/article/",
        f"/admin/comments/comment/{comment.pk}/change/",
        "/admin/comments/discussion/",
        by=editor,
        allowed=OF_THE_ADMIN,
    )
    page = open_page()
    page.goto(article.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text("<svg/onload=window.__xss=1>")
    assert page.title().startswith("<script>window.__xss=1</script>")


def saved_page():
    """A saved page whose every part is an attack, in the layout of the importer."""
    lines = [" ".join(ONE_LINERS), ""]
    for vector in ONE_LINERS:
        lines += [f"Said: {vector}", ""]
    lines += [f"Quoted: {ONE_LINERS[0]}", "", f"- {ONE_LINERS[1]}", ""]
    lines += [f"  • Used photos: {', '.join(ONE_LINERS)}", DEFAULT_NOTICE]
    for number, vector in enumerate(ONE_LINERS[:90], 1):
        handle = vector[:MAX_HANDLE_LENGTH].strip()
        lines += [
            f"  {number}. {handle} Offline {handle}",
            f"    {handle} ({vector}) 8 January 2022 10: 28",
            f"    Quote: {ONE_LINERS[-number]}",
            f"    {vector}",
            "",
            f"    {vector}",
        ]
    return "\n".join(lines) + "\n"


def test_an_imported_page(inspect, open_page, make_person):
    moderator = make_person("Mo Derate", role="moderator")
    zone = loader.find_zone("UTC")
    article = loader.load(parse(saved_page()), source="attack.txt", zone=zone).article
    comments = list(Comment.objects.select_related("author").order_by("tree_id"))
    assert len(comments) == 90
    assert {comment.author.handle for comment in comments} <= {
        vector[:MAX_HANDLE_LENGTH].strip() for vector in ONE_LINERS
    }
    inspect(
        article.get_absolute_url(),
        "/",
        comments[0].author.get_absolute_url(),
        f"/comments/{comments[0].pk}/reply/",
    )
    inspect(
        "/admin/comments/comment/",
        f"/admin/comments/comment/{comments[0].pk}/change/",
        by=moderator,
        allowed=OF_THE_ADMIN,
    )
    page = open_page()
    page.goto(article.get_absolute_url())
    # Imported text is plain: Markdown in it is shown as it was typed.
    assert_shown(page, "[x](javascript:window.__xss=1)")


def test_what_a_reader_types_into_forms(open_page, make_person):
    """Sign-up takes no such name, and shows it again as text; nor do search and filters act."""
    client = Client()
    for vector in VECTORS[::3]:
        answer = client.post(
            "/accounts/signup/",
            {"username": vector, "email": "eve@example.org", "password1": PASSWORD},
        )
        assert answer.status_code == 200, vector
    assert not User.objects.exists()

    for bypass in (False, True):
        page = open_page(bypass_csp=bypass)
        for vector in (ONE_LINERS[0], '"><svg/onload=window.__xss=1>', "'-alert(1)-'"):
            page.goto(f"/accounts/signup/?next={quote(vector)}")
            page.get_by_label("Name", exact=True).fill(vector)
            page.get_by_label("E-mail address").fill("eve@example.org")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Sign up").click()
            expect(page.get_by_role("alert")).to_be_visible()
            expect(page.get_by_label("Name", exact=True)).to_have_value(vector)
            assert page.evaluate(FIND_INTRUDERS, []) == []

    page = open_page(by=make_person("Mo Derate", role="moderator"), bypass_csp=True)
    for vector in ('"><svg/onload=window.__xss=1>', "<script>alert(1)</script>"):
        for name in ("q", "by", "on"):
            page.goto(f"/admin/comments/comment/?{name}={quote(vector)}")
            assert page.evaluate(FIND_INTRUDERS, OF_THE_ADMIN) == []


def test_signing_in_leads_nowhere_else(open_page, make_person):
    """A request to any other host would fail the test by itself."""
    make_person("Ada")
    page = open_page()
    for target in (
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "https:evil.example",
        "/\\evil.example/",
        "\t//evil.example",
    ):
        page.goto(f"/accounts/login/?next={quote(target)}")
        steps.sign_in(page, "Ada")
        expect(steps.account_links(page).get_by_role("link", name="Ada")).to_be_visible()
        expect(page).to_have_url("/")
        # Signed in already.
        page.goto(f"/accounts/login/?next={quote(target)}")
        expect(page).to_have_url("/")
        page.context.clear_cookies()


def test_guests_and_tags(inspect):
    guests = [
        crediting.create_guest(name=vector[:MAX_GUEST_NAME], biography=vector, slug=f"g{at}")
        for at, vector in enumerate(ONE_LINERS[:20])
    ]
    article = write_article(authors=guests)
    names = [" ".join(vector.replace(",", " ").split())[:MAX_TAG_NAME] for vector in ONE_LINERS]
    names = [name for name in names if name.isprintable()][:20]
    tagging.tag_article(article=article, names=names)
    tag = Tag.objects.first()
    tagging.change_tag(tag=tag, description=ONE_LINERS[0])
    inspect(article.get_absolute_url(), tag.get_absolute_url(), "/authors/g0/", "/authors/g1/")
