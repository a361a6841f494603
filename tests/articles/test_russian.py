"""The newspaper in Russian: no page of the articles app has an English word of ours left."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings as site
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone, translation

from articles import (
    arranging,
    banners,
    corrections,
    counting,
    grouping,
    listings,
    missed,
    publishing,
    redirects,
    revisions,
    saved,
    search_page,
    sections,
    stories,
    tagging,
    updates,
)
from articles.bylines import Credit, first_role, worded
from articles.errors import ArticleError
from articles.models import Byline, Correction
from comments import posting
from tests.articles.drawn import add

# What is written in Latin letters in Russian, too, and what editors type as it stands.
LATIN = {
    "RSS", "Atom", "JSON", "Bluesky", "Facebook", "WhatsApp", "CSV", "UTF", "JPEG", "PNG", "WebP",
    "AVIF", "HTML", "Creative", "Commons", "CC", "BY", "SA", "picture", "ul", "ol", "table", "em",
    "strong", "robots", "txt", "ads", "security", "ID",
}  # fmt: skip
# Elements whose words are not read, and parts of our pages that other apps word.
_UNREAD = ("script", "style", "template", "kbd", "bdi")
_OTHERS = {"discussion"}
_SHOWN = ("aria-label", "title", "placeholder", "alt")
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)


class _Shown(HTMLParser):
    """What somebody reads, or hears, of the main part of a page and of the way to it."""

    def __init__(self):
        super().__init__()
        self.words, self.open = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in _VOID:
            self.tell(tag, given)
            return
        kinds = (given.get("class") or "").split()
        is_unread = tag in _UNREAD or given.get("id") in _OTHERS or "hidden" in kinds
        is_main = tag in ("main", "title") or "breadcrumbs" in kinds
        was_main = self.open[-1][1] if self.open else False
        was_unread = self.open[-1][2] if self.open else False
        self.open.append((tag, was_main or is_main, was_unread or is_unread))
        self.tell(tag, given)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def tell(self, tag, given):
        if self.is_read():
            self.words += [given[name] for name in _SHOWN if given.get(name)]
            if tag == "input" and given.get("type") == "submit":
                self.words.append(given["value"])

    def handle_data(self, data):
        if self.is_read():
            self.words.append(data)

    def is_read(self):
        return bool(self.open) and self.open[-1][1] and not self.open[-1][2]


def shown(page):
    parser = _Shown()
    parser.feed(page)
    return " ".join(" ".join(parser.words).split())


def english(page, *data):
    """Words in Latin letters on a page that are in none of ``data`` and not in ``LATIN``."""
    text = shown(page)
    assert re.search("[а-яё]{3}", text), "the page has no Russian at all"
    # Addresses and names of files are no words.
    # Django's own sign of the search in its lists, which it has in English alone.
    text = text.replace("Search Поиск", "")
    text = re.sub(r"https?://\S+|\S*/\S*/\S*", " ", text)
    known = LATIN | {word for text in data for word in re.findall("[A-Za-z]+", text)}
    return [word for word in re.findall("[A-Za-z]{2,}", text) if word not in known]


@pytest.fixture(autouse=True)
def _in_russian(settings, monkeypatch):
    settings.LANGUAGE_CODE = "ru"
    settings.LOCALE_PATHS = [site.BASE_DIR / "newsportal" / "locale"]
    settings.SITE_NAME = "Вестник"
    # The admin has read it when it was imported.
    monkeypatch.setattr(admin.site, "site_title", "Вестник")
    with translation.override("ru"):
        yield


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def town(db):
    return sections.open_section("Город")


@pytest.fixture
def make_piece(town, editor):
    def make(title, *, hours_ago=1, **fields):
        fields = {"blocks": [{"type": "paragraph", "text": "Лед идет по реке."}]} | fields
        fields = {"status": "published", "authors": [editor]} | fields
        published_at = timezone.now() - timedelta(hours=hours_ago)
        return publishing.create_article(
            by=editor, section=town, title=title, published_at=published_at, **fields
        )

    return make


@pytest.fixture
def piece(make_piece, editor, make_person):
    """An article with all that one can have."""
    picture = add(alt="Гавань", caption="Гавань в воскресенье.", credit="Ида Шторм")
    table = "<table><tbody><tr><td>Лед</td></tr></tbody></table>"
    blocks = [
        {"type": "paragraph", "text": "Лед идет по реке."},
        {"type": "html", "html": table},
        {"type": "picture", "picture": picture.pk},
    ]
    article = make_piece(
        "Ледоход", hours_ago=5, blocks=blocks, lead="Река вскрылась.", lead_picture=picture,
        photo_credits=["Ида Шторм"],
    )  # fmt: skip
    other = make_piece("Паводок", hours_ago=4)
    tagging.tag_article(by=editor, article=article, names=["Погода"])
    series = grouping.open_series(by=editor, title="Весна")
    for number, part in enumerate((article, other), 1):
        grouping.place_in_series(by=editor, article=part, series=series, number=number)
    corrections.publish_correction(
        by=editor, article=article, kind="correction", text="Было неверно."
    )
    posting.post_comment(
        by=make_person("Ольга"), discussion=article.discussion, text="Пора менять мост."
    )
    publishing.update_article(by=editor, article=article, lead="Река встала.", why="Мороз")
    for n in range(3):
        make_piece(f"Новость {n}", hours_ago=3)
    return article


EDITOR = "Edith Column"


class TestReaders:
    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/latest/",
            "/sections/gorod/",
            "/articles/ledokhod/",
            "/articles/{slug}/",
            "/tags/pogoda/",
            "/people/Edith%20Column/articles/",
            "/series/vesna/",
            "/most-read/",
            "/most-read/?by=discussed&in=week",
            "/corrections/",
            "/search/",
            "/search/?q=лед",
            "/search/?q=мост&kind=comments",
            "/search/?q=кашалот мамонт&section=gorod&from=2020-02-30&author=никто",
        ],
    )
    def test_a_page(self, client, piece, address):
        counting.note_read(article_id=piece.pk, address="1.2.3.4")
        if "ledokhod" in address:
            publishing.update_article(article=piece, slug="ledokhod")
        answer = client.get(address.format(slug=piece.slug))
        assert answer.status_code == 200
        assert english(answer.content.decode(), EDITOR) == []

    def test_an_empty_paper(self, client, db):
        for address in ("/", "/latest/", "/corrections/", "/most-read/"):
            assert english(client.get(address).content.decode()) == []

    def test_who_is_signed_in(self, sign_in, make_person, piece):
        reader = make_person("Анна")
        client = sign_in(reader)
        assert english(client.get("/saved/").content.decode()) == []
        saved.save_article(by=reader, article_id=piece.pk)
        for address in ("/saved/", f"/articles/{piece.pk}/save/", piece.get_absolute_url()):
            assert english(client.get(address).content.decode(), EDITOR) == []

    def test_the_story(self, client, piece):
        text = client.get(piece.get_absolute_url()).content.decode()
        assert 'role="region" aria-label="Таблица"' in text
        assert "Изображение: <bdi>Ида Шторм</bdi>" in text
        assert "Фотографии: Ида Шторм" in text
        assert "1 минута чтения" in text
        assert "Часть 1 из 2, серия" in text
        assert ">Текст: <" in text

    def test_nothing_of_a_language_is_kept(self, piece):
        """What is rendered once is read in any language: its words are those of its writer."""
        assert "Таблица" not in piece.html
        assert "Table" not in piece.html
        with translation.override("en-gb"):
            view, _ = stories.article_page(piece)
        assert 'aria-label="Table"' in view.html
        assert "Picture: <bdi>" in view.lead_figure

    def test_a_table_that_was_rendered_before_has_a_name_too(self, client, piece):
        old = piece.html.replace('role="region" ', 'role="region" aria-label="Table" ')
        type(piece).objects.filter(pk=piece.pk).update(html=old)
        text = client.get(piece.get_absolute_url()).content.decode()
        assert 'aria-label="Таблица"' in text
        assert 'aria-label="Table"' not in text

    def test_feeds(self, client, piece):
        text = client.get("/feed.rss").content.decode()
        assert "Фотографии: Ида Шторм" in text
        assert "Исправления – Вестник" in client.get("/corrections/feed.atom").content.decode()


class TestNumbers:
    FORMS = ((1, "1"), (2, "2"), (5, "5"), (21, "21"))

    def test_minutes(self, piece):
        said = []
        for minutes in (1, 2, 5, 21):
            piece.reading_minutes = minutes
            said.append(stories.article_page(piece)[0].reading_label)
        assert said == ["1 минута чтения", "2 минуты чтения", "5 минут чтения", "21 минута чтения"]

    def test_comments(self, client, piece):
        said = []
        for count in (0, 1, 2, 5, 21):
            type(piece.discussion).objects.filter(pk=piece.discussion_id).update(
                comment_count=count
            )
            teaser = next(
                each for each in listings.latest_page().teasers if each.title == piece.title
            )
            said.append(teaser.comments_label)
        assert said[1:] == ["1 комментарий", "2 комментария", "5 комментариев", "21 комментарий"]
        assert not re.search("[a-z]", said[0])

    @pytest.mark.parametrize(
        ("count", "words"),
        [(1, "1 статья"), (2, "2 статьи"), (5, "5 статей"), (21, "21 статья")],
    )
    def test_search_results(self, client, make_piece, count, words):
        for number in range(count):
            make_piece(f"Кашалот {number}")
        page = client.get("/search/?q=кашалот&kind=articles").content.decode()
        assert f'id="articles-heading">{words}</h2>' in page

    def test_many_search_results(self, client, make_piece, monkeypatch):
        monkeypatch.setattr(search_page.search, "COUNTED_UP_TO", 1)
        for number in range(3):
            make_piece(f"Кашалот {number}")
        page = client.get("/search/?q=кашалот&kind=articles").content.decode()
        assert "Больше 1 статей" in page

    def test_dates(self, client, piece):
        moment = timezone.make_aware(timezone.datetime(2026, 3, 5, 10, 28))
        publishing.update_article(article=piece, published_at=moment, quietly=True)
        assert "5 марта 2026, 10:28" in client.get(piece.get_absolute_url()).content.decode()


def test_a_refusal_of_a_pure_module(make_piece):
    """It knows no Django: whoever shows its sentence translates it."""
    film = {"type": "embed", "url": "https://example.org/", "title": "Ж" * 201}
    with pytest.raises(ArticleError, match="не длиннее 200 знаков"):
        make_piece("Кино", blocks=[film])


def test_a_byline():
    makers = [
        Credit(Byline.Role.TEXT, "Анна", "/a/"),
        Credit(Byline.Role.TEXT, "Борис", "/b/"),
        Credit(Byline.Role.PHOTO, "Вера", "/v/"),
    ]
    assert "".join(before + name for before, name, _ in worded(makers)) == (
        "Текст: Анна и Борис; фото: Вера"
    )
    assert first_role(makers) == ("Текст:", "Анна и Борис")


class TestTheDesk:
    def check(self, client, address, *data):
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        assert english(answer.content.decode(), EDITOR, "ledokhod gorod vesna", *data) == []

    def test_the_form_of_an_article(self, desk, piece):
        self.check(desk, "/admin/articles/article/", piece.slug)
        self.check(desk, "/admin/articles/article/add/")
        self.check(desk, f"/admin/articles/article/{piece.pk}/change/", piece.slug)

    def test_a_form_that_is_open_elsewhere(self, sign_in, make_person, desk, piece):
        address = f"/admin/articles/article/{piece.pk}/change/"
        desk.get(address)
        other = sign_in(make_person("Olga Desk", role="editor"))
        self.check(other, address, "Olga Desk", piece.slug)

    def test_djangos_own_sentences_fit_any_name(self, desk, piece):
        """Its Russian ones say "Изменить статья", and that an article was changed as a man is."""
        address = f"/admin/articles/article/{piece.pk}/change/"
        page = desk.get(address).content.decode()
        assert "<h1>Изменение: статья</h1>" in page
        assert "Изменить статья" not in page
        assert (
            "<h1>Добавление: статья</h1>"
            in desk.get("/admin/articles/article/add/").content.decode()
        )
        desk.post("/admin/articles/section/add/", {"name": "Спорт", "slug": "sport", "position": 1})
        assert "Добавлено: рубрика «" in desk.get("/admin/articles/section/").content.decode()

    def test_what_was_begun(self, desk, piece):
        desk.post(f"/admin/articles/article/{piece.pk}/keep/", {"title": "Затор", "body": "Лед"})
        address = f"/admin/articles/article/{piece.pk}/change/"
        self.check(desk, address, piece.slug)
        self.check(desk, f"{address}?working_copy=1", piece.slug)

    def test_the_page_of_an_article(self, desk, piece, editor, make_piece):
        address = reverse("admin:article-desk", args=[piece.pk])
        self.check(desk, address, "Column")
        updates.schedule_update(
            by=editor, article=piece, title="Затор",
            takes_effect_at=timezone.now() + timedelta(days=1), why="Мороз",
        )  # fmt: skip
        desk.post(reverse("admin:article-preview-open", args=[piece.pk]), {"days": "3"})
        self.check(desk, address)
        draft = make_piece("Черновик", status="draft")
        self.check(desk, reverse("admin:article-desk", args=[draft.pk]))

    def test_a_later_text(self, desk, piece):
        address = reverse("admin:article-schedule", args=[piece.pk])
        self.check(desk, address)
        answer = desk.post(address, {"title": "", "takes_effect_at": "2001-01-01T00:00:00"})
        assert english(answer.content.decode(), EDITOR) == []

    def test_two_revisions(self, desk, piece, editor):
        self.check(desk, reverse("admin:article-compare", args=[piece.pk]))
        updates.restore_revision(by=editor, article=piece, number=1)
        said = revisions.revisions_of(piece)[0].why
        assert said == "Снова как в версии 1"
        with translation.override("en-gb"):
            assert revisions.revisions_of(piece)[0].why == "As in revision 1 again"

    def test_what_an_act_says(self, desk, piece):
        address = reverse("admin:article-move", args=[piece.pk])
        for status in ("withdrawn", "published", "nonsense"):
            piece.refresh_from_db()
            answer = desk.post(
                address, {"status": status, "seen_version": piece.version}, follow=True
            )
            assert english(answer.content.decode(), EDITOR) == []

    def test_the_front_page(self, desk, editor, piece, town):
        self.check(desk, "/admin/articles/frontarrangement/")
        draft = arranging.begin_arrangement(by=editor, name="Утро")
        row = {
            "place": "lead", "heading": "", "article": piece, "starts": None, "until": None,
            "rule": "newest", "section": None, "count": 1,
        }  # fmt: skip
        arranging.set_rows(by=editor, arrangement=draft, rows=[row])
        self.check(desk, f"/admin/articles/frontarrangement/{draft.pk}/change/")
        self.check(desk, reverse("front-preview", args=[draft.pk]))
        arranging.put_live(by=editor, arrangement=draft)
        self.check(desk, "/admin/articles/frontarrangement/")
        assert english(desk.get("/").content.decode(), EDITOR) == []

    def test_banners(self, desk, editor, piece):
        self.check(desk, "/admin/articles/banner/")
        self.check(desk, "/admin/articles/banner/add/")
        banners.put_up_banner(by=editor, text="Мост закрыт", article=piece)
        self.check(desk, "/admin/articles/banner/")

    def test_redirects(self, desk, editor, piece):
        self.check(desk, "/admin/articles/redirect/")
        self.check(desk, "/admin/articles/redirect/add/", "old address")
        self.check(desk, "/admin/articles/redirect/table/")
        self.check(desk, "/admin/articles/redirect/missed/")
        redirects.save_redirect(by=editor, path="/old/", to="/latest/")
        missed.note_missed("/gone/")
        # What Django's signs of yes and no are called.
        self.check(desk, "/admin/articles/redirect/", "True False")
        self.check(desk, "/admin/articles/redirect/missed/")

    def test_pictures(self, desk, piece):
        self.check(desk, "/admin/articles/picture/")
        self.check(desk, "/admin/articles/picture/add/")
        self.check(desk, f"/admin/articles/picture/{piece.lead_picture_id}/change/")

    def test_refusals_of_pictures(self, desk, piece):
        """Also of those that another process makes, which knows no Django."""
        from tests.articles.drawn import sent
        from tests.articles.test_pictures import png_of

        for content, words in (
            (b"no picture", "Портал не может прочитать это изображение."),
            (png_of(16_001, 10), "больше 16\N{NO-BREAK SPACE}001 пикселей".replace("001", "000")),
        ):
            form = {"file": sent(content), "alt": "Лед", "caption": "Лед", "licence": "own"}
            page = desk.post("/admin/articles/picture/add/", form).content.decode()
            assert words in page
            assert english(page) == []

    @pytest.mark.parametrize("model", ["section", "guest", "tag", "series", "correction"])
    def test_other_lists_and_forms(self, desk, piece, model):
        self.check(desk, f"/admin/articles/{model}/", "pogoda")
        if model != "tag":
            self.check(desk, f"/admin/articles/{model}/add/", "SLUG")
        else:
            tag = piece.taggings.get().tag
            self.check(desk, f"/admin/articles/tag/{tag.pk}/change/", "pogoda")

    def test_merging_tags(self, desk, piece, editor):
        tagging.tag_article(by=editor, article=piece, names=["Погода", "Река"])
        chosen = [each.tag_id for each in piece.taggings.all()]
        form = {"action": "merge_chosen", "_selected_action": chosen}
        assert english(desk.post("/admin/articles/tag/", form).content.decode()) == []
        form |= {"confirmed": "yes", "into": chosen[0]}
        answer = desk.post("/admin/articles/tag/", form, follow=True)
        assert english(answer.content.decode(), "pogoda reka") == []

    def test_administrators(self, sign_in, make_person, piece):
        chief = sign_in(make_person("Olga Desk", role="admin"))
        for address in ("remit/", "remit/add/", "machinefile/"):
            self.check(chief, f"/admin/articles/{address}", "Olga Desk")

    def test_the_index(self, desk, piece):
        page = desk.get("/admin/articles/").content.decode()
        assert "Редакция" in page
        assert english(page, EDITOR) == []


def test_a_kind_of_correction_is_named(piece):
    assert [each.label for each in corrections.corrections_of(piece)] == ["Исправление"]
    assert list(Correction.Kind.labels) == ["Исправление", "Уточнение", "Дополнение"]
