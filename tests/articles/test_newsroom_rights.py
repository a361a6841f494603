"""Who may do what beside the articles: a table of acts and people, asked of the write functions.

Writers hand in drafts. What readers see of all sections is for who publishes in all of them.
"""

import pytest
from django.core.exceptions import PermissionDenied

from articles import (
    arranging,
    banners,
    corrections,
    crediting,
    grouping,
    picturing,
    publishing,
    redirects,
    sections,
    tagging,
)
from articles.models import (
    Banner,
    Correction,
    FrontArrangement,
    Picture,
    Redirect,
    RelatedPick,
    Remit,
    Series,
    SeriesPart,
    Tag,
)
from tests.articles.drawn import add as send

LEAD = {
    "place": "lead", "rule": "newest", "section": None, "heading": "", "article": None,
    "starts": None, "until": None, "count": 1,
}  # fmt: skip
BODY = [{"type": "paragraph", "text": "It rained."}]


class Paper:
    """What there is to do something to: all of it in Science, none of it the person's."""

    def __init__(self, editor):
        self.science = sections.open_section("Science")
        self.article = publishing.create_article(
            section=self.science, title="Rain", blocks=BODY, status="published"
        )
        self.draft = publishing.create_article(section=self.science, title="Sun", blocks=BODY)
        tagging.tag_article(article=self.draft, names=["Water", "Waters"])
        self.water, self.waters = Tag.objects.order_by("id")
        self.guest = crediting.create_guest(name="Cleo Guest")
        self.picture = send(by=editor)
        self.arrangement = arranging.begin_arrangement(name="Today")
        arranging.set_rows(arrangement=self.arrangement, rows=[LEAD])
        self.banner = banners.put_up_banner(text="It rains")
        self.correction = corrections.publish_correction(
            article=self.article, kind="correction", text="It snowed."
        )
        self.series = grouping.open_series(title="Weather")
        self.redirect = redirects.save_redirect(by=None, path="/old/", to="/latest/")


# act -> (what is done, who may): "politics" and "science" publish there alone, "all" everywhere.
ACTS = {
    "arrange": (lambda by, it: arranging.begin_arrangement(by=by, name="Mine"), {"all"}),
    "go live": (lambda by, it: arranging.put_live(by=by, arrangement=it.arrangement), {"all"}),
    "put up": (lambda by, it: banners.put_up_banner(by=by, text="Mine"), {"all"}),
    "take down": (lambda by, it: banners.take_down_banner(by=by, banner=it.banner), {"all"}),
    "take all down": (lambda by, it: banners.take_down_banners(by=by), {"all"}),
    "redirect": (
        lambda by, it: redirects.save_redirect(by=by, path="/mine/", to="/latest/"), {"all"}
    ),
    "lift": (lambda by, it: redirects.lift_redirect(by=by, redirect=it.redirect), {"all"}),
    "correct": (
        lambda by, it: corrections.publish_correction(
            by=by, article=it.article, kind="update", text="Mine."
        ),
        {"science", "all"},
    ),
    "withdraw a correction": (
        lambda by, it: corrections.withdraw_correction(by=by, correction=it.correction),
        {"science", "all"},
    ),
    "tag what is published": (
        lambda by, it: tagging.tag_article(by=by, article=it.article, names=["Mine"]),
        {"science", "all"},
    ),
    "tag a draft": (
        lambda by, it: tagging.tag_article(by=by, article=it.draft, names=["Mine"]),
        {"writer", "science", "all"},
    ),
    "rename a tag": (
        lambda by, it: tagging.change_tag(by=by, tag=it.water, name="Mine"),
        {"politics", "science", "all"},
    ),
    "merge tags": (
        lambda by, it: tagging.merge_tags(by=by, tags=[it.waters], into=it.water),
        {"politics", "science", "all"},
    ),
    "name a guest": (
        lambda by, it: crediting.create_guest(by=by, name="Mine"),
        {"writer", "politics", "science", "all"},
    ),
    "rename a guest": (
        lambda by, it: crediting.change_guest(by=by, guest=it.guest, name="Mine"),
        {"politics", "science", "all"},
    ),
    "open a series": (
        lambda by, it: grouping.open_series(by=by, title="Mine"),
        {"writer", "politics", "science", "all"},
    ),
    "rename a series": (
        lambda by, it: grouping.change_series(by=by, series=it.series, title="Mine"),
        {"politics", "science", "all"},
    ),
    "make what is published a part": (
        lambda by, it: grouping.place_in_series(by=by, article=it.article, series=it.series),
        {"science", "all"},
    ),
    "make a draft a part": (
        lambda by, it: grouping.place_in_series(by=by, article=it.draft, series=it.series),
        {"writer", "science", "all"},
    ),
    "pick what stands beside": (
        lambda by, it: grouping.pick_related(by=by, article=it.article, others=[it.draft]),
        {"science", "all"},
    ),
    "describe a picture": (
        lambda by, it: picturing.change_picture(by=by, picture=it.picture, caption="Mine"),
        {"politics", "science", "all"},
    ),
    "remove a picture": (
        lambda by, it: picturing.remove_picture(by=by, picture=it.picture),
        {"politics", "science", "all"},
    ),
}  # fmt: skip
PEOPLE = ("reader", "moderator", "writer", "politics", "science", "all")
KEPT = (
    Banner,
    Correction,
    FrontArrangement,
    Picture,
    Redirect,
    RelatedPick,
    Series,
    SeriesPart,
    Tag,
)


def somebody(make_person, paper, who):
    if who in ("reader", "moderator", "writer"):
        return make_person(role=who)
    person = make_person(role="editor")
    if who != "all":
        section = paper.science if who == "science" else sections.open_section("Politics")
        Remit.objects.create(person=person, section=section, level=Remit.Level.PUBLISH)
    return person


def rows():
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_for_whom_the_table_says(db, make_person, act, who):
    paper = Paper(make_person(role="editor"))
    do, allowed = ACTS[act]
    person = somebody(make_person, paper, who)
    before = rows()
    if who in allowed:
        assert do(person, paper)
        return
    with pytest.raises(PermissionDenied):
        do(person, paper)
    assert rows() == before


def test_who_sent_a_picture_changes_it(db, make_person):
    writer = make_person(role="writer")
    picture = send(by=writer)
    assert picturing.change_picture(by=writer, picture=picture, caption="Better.")
    assert picturing.remove_picture(by=writer, picture=picture)


def test_a_writer_opens_a_series_and_reads_it_and_changes_none(db, sign_in, make_person):
    water = grouping.open_series(title="Water")
    desk = sign_in(make_person(role="writer"))
    assert desk.post("/admin/articles/series/add/", {"title": "Wine"}).status_code == 302
    address = f"/admin/articles/series/{water.pk}/change/"
    page = desk.get(address)
    assert page.status_code == 200
    assert "Water" in page.content.decode()
    assert 'name="title"' not in page.content.decode()
    answer = desk.post(address, {"title": "Mine", "slug": "mine", "description": ""})
    assert answer.status_code == 403
    assert list(Series.objects.values_list("title", flat=True)) == ["Water", "Wine"]


@pytest.mark.parametrize("who", ["writer", "politics"])
def test_the_same_over_http(db, sign_in, make_person, who):
    paper = Paper(make_person(role="editor"))
    client = sign_in(somebody(make_person, paper, who))
    before = rows()
    for address in (
        "frontarrangement/", "frontarrangement/add/", "banner/", "banner/add/",
        "redirect/", "redirect/add/", "redirect/table/", "redirect/missed/",
    ):  # fmt: skip
        assert client.get(f"/admin/articles/{address}").status_code == 403, address
    for address, form in (
        ("frontarrangement/act/begin/", {}),
        ("frontarrangement/act/clear/", {}),
        ("banner/act/down/", {}),
        ("banner/add/", {"text": "Mine"}),
        ("redirect/add/", {"path": "/mine/", "to": "/latest/"}),
        ("correction/add/", {"article": paper.article.pk, "kind": "update", "text": "Mine."}),
        (f"picture/{paper.picture.pk}/delete/", {"post": "yes"}),
    ):
        answer = client.post(f"/admin/articles/{address}", form)
        if who == "politics" and address.startswith("picture/"):
            continue
        assert answer.status_code in (302, 403), address
    live = client.post(f"/front/preview/{paper.arrangement.pk}/", {"seen_version": "1"})
    assert live.status_code == 404
    if who == "writer":
        assert rows() == before
    else:
        assert FrontArrangement.objects.get().state == "draft"
        assert Banner.objects.get().taken_down_at is None
        assert (Redirect.objects.count(), Correction.objects.count()) == (1, 1)
