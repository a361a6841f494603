"""Who is in the crowd of ``test_crowd``: writers, a moderator, readers, and what they were told."""

import random
import re
import threading
import time
import uuid
from collections import Counter, defaultdict

from django.db.models import F

from comments import discussions, orders
from comments.models import Comment, Discussion
from tests.comments.crowd import hidden_fields

# How often writers do what, out of a hundred or so.
ACTS = {
    "reply": 40, "go_deeper": 15, "start_thread": 6, "agree": 30, "take_back": 10, "edit": 12,
    "withdraw": 4,
}  # fmt: skip
DESK = "/admin/comments/comment/"

SHOWN = re.compile(r'<article class="comment[^"]*" id="c(\d+)"')
MORE = re.compile(r'<p class="more"[^>]*><a href="([^"]+)"')
NEXT = re.compile(r'<a rel="next" href="([^"]+)"')


class Ledger:
    """What people were told that they did, and what they were refused."""

    def __init__(self, articles):
        self.lock = threading.Lock()
        self.places = [article.discussion for article in articles]
        self.ends = 0.0
        # By comment: author, parent, discussion, and the words that it was posted with.
        self.posted = {}
        self.of_author = defaultdict(list)
        self.of_place = {place.pk: [] for place in self.places}
        # By comment and the revision that the author had seen: the new words.
        self.edits = {}
        # By person and comment: what each of their windows did last.
        self.votes = defaultdict(dict)
        self.reasons = defaultdict(set)
        self.hidden = {}
        self.ever_gone = set()
        self.moderated = Counter()
        self.refused = []

    def goes_on(self):
        return time.monotonic() < self.ends

    def any_place(self, dice):
        """Mostly the first: there people meet."""
        return self.places[0] if dice.random() < 0.8 else dice.choice(self.places)

    def any_comment(self, dice):
        """Mostly one of the last, as people do, so that threads grow deep as well as wide."""
        with self.lock:
            here = self.of_place[self.any_place(dice).pk]
            return dice.choice(here[-10:] if dice.random() < 0.6 else here)

    def comments_of(self, place):
        with self.lock:
            return list(self.of_place[place.pk])

    def own(self, person, dice):
        with self.lock:
            mine = self.of_author[person.pk]
            return dice.choice(mine[-5:] if dice.random() < 0.7 else mine) if mine else None

    def accept(self, pk, person, parent, text, place=None):
        with self.lock:
            assert pk not in self.posted, "two posts were told that they are this comment"
            place = self.posted[parent][2] if place is None else place.pk
            self.posted[pk] = (person.pk, parent, place, text)
            self.of_author[person.pk].append(pk)
            self.of_place[place].append(pk)

    def accept_edit(self, pk, revision, text):
        with self.lock:
            assert (pk, revision) not in self.edits, "one edit was overwritten by another"
            self.edits[pk, revision] = text

    def refuse(self, act, person, pk, status):
        with self.lock:
            self.refused.append((act, person.pk, pk, status))


class Writer:
    """One window of somebody who writes. Each act asserts the statuses that are right for it."""

    def __init__(self, window, person, browser, ledger):
        self.window, self.person, self.browser, self.ledger = window, person, browser, ledger
        self.dice = random.Random(window)
        self.turn = 0
        self.deepest = None
        self.done = Counter()

    def run(self):
        place = self.ledger.places[0]
        self.token = self.browser.open_form(f"/discussions/{place.pk}/post/")["csrfmiddlewaretoken"]
        while self.ledger.goes_on():
            self.turn += 1
            [act] = self.dice.choices(list(ACTS), ACTS.values())
            if getattr(self, act)():
                self.done[act] += 1
        return self.done

    def words(self, what):
        mention = f" @writer{self.dice.randrange(9)}, *read* this." if self.turn % 5 == 0 else ""
        return f"{what} {self.turn} of window {self.window}.{mention}"

    def form(self, path):
        """The fields of the form as served, now and then; mostly with the token that one has.

        None where the page says instead why there is no form.
        """
        if self.dice.random() < 0.7:
            return {"csrfmiddlewaretoken": self.token, "submission_key": str(uuid.uuid4())}
        status, _, page = self.browser.ask("GET", path)
        assert status == 200, (path, status)
        fields = hidden_fields(page)
        return fields if "submission_key" in fields else None

    def post(self, path, parent, place=None):
        form, status, location = self.form(path), 409, ""
        if form is not None:
            form["text"] = text = self.words("Comment")
            status, location, _ = self.browser.ask("POST", path, form)
        if parent is not None and status == 409:
            return self.ledger.refuse("reply", self.person, parent, status)
        assert (status, "#c" in location) == (302, True), (path, status, location)
        pk = int(location.rpartition("#c")[2])
        self.ledger.accept(pk, self.person, parent, text, place)
        if self.turn % 20 == 0:
            # A reload of what the first POST answered: sent again, word for word.
            status, location, _ = self.browser.ask("POST", path, form)
            assert (status, location.rpartition("#c")[2]) == (302, str(pk))
        if self.turn % 8 == 0:
            status, _, page = self.browser.ask("GET", f"/comments/{pk}/")
            assert (status, f'id="c{pk}"' in page) == (200, True)
        return pk

    def reply(self):
        parent = self.ledger.any_comment(self.dice)
        return self.post(f"/comments/{parent}/reply/", parent)

    def go_deeper(self):
        """Answers one's own last word, further and further down."""
        parent = self.deepest or self.ledger.any_comment(self.dice)
        self.deepest = self.post(f"/comments/{parent}/reply/", parent)
        return self.deepest

    def start_thread(self):
        place = self.ledger.any_place(self.dice)
        return self.post(f"/discussions/{place.pk}/post/", None, place)

    def agree(self, wanted=True):
        pk = self.ledger.any_comment(self.dice)
        if self.ledger.posted[pk][0] == self.person.pk:
            return False
        return self.vote(pk, wanted)

    def take_back(self):
        with self.ledger.lock:
            mine = [pk for person, pk in self.ledger.votes if person == self.person.pk]
        return self.vote(self.dice.choice(mine), wanted=False) if mine else False

    def vote(self, pk, wanted):
        form = {"csrfmiddlewaretoken": self.token}
        if self.dice.random() < 0.5:
            form["agree" if wanted else "withdraw"] = pk
            status, *_ = self.browser.ask("POST", "/votes/", form)
        else:
            form["agree"] = int(wanted)
            status, *_ = self.browser.ask("POST", f"/comments/{pk}/agree/", form)
        if status in (409, 429):
            return self.ledger.refuse("vote", self.person, pk, status)
        assert status == 302, (pk, status)
        with self.ledger.lock:
            self.ledger.votes[self.person.pk, pk][self.window] = wanted
        return True

    def edit(self):
        pk = self.ledger.own(self.person, self.dice)
        path = f"/comments/{pk}/edit/"
        status, _, page = self.browser.ask("GET", path) if pk else (404, "", "")
        if status == 200:
            form = hidden_fields(page)
            text = self.words("Better words")
            revision = int(form["revision"])
            status, *_ = self.browser.ask("POST", path, form | {"text": text})
            if status == 302:
                self.ledger.accept_edit(pk, revision, text)
                return True
        if pk:
            assert status in (403, 409), (path, status)
            self.ledger.refuse("edit", self.person, pk, status)
        return False

    def withdraw(self):
        pk = self.ledger.own(self.person, self.dice)
        if pk is None:
            return False
        reason = f"Regretted in turn {self.turn}" if self.turn % 2 else ""
        form = {"csrfmiddlewaretoken": self.token, "reason": reason}
        status, *_ = self.browser.ask("POST", f"/comments/{pk}/withdraw/", form)
        if status != 302:
            assert status == 403, (pk, status)
            return self.ledger.refuse("withdraw", self.person, pk, status)
        with self.ledger.lock:
            self.ledger.reasons[pk].add(reason)
            self.ledger.ever_gone.add(pk)
        return True


class Moderator:
    """Hides and restores at the desk, one comment or a dozen, across discussions."""

    def __init__(self, browser, ledger):
        self.browser, self.ledger = browser, ledger
        self.dice = random.Random("moderator")
        self.turn = 0

    def run(self):
        while self.ledger.goes_on():
            self.turn += 1
            if self.turn % 3:
                self.judge(self.ledger.any_comment(self.dice))
            else:
                self.judge_many("hide" if self.turn % 2 else "restore")
        return self.ledger.moderated

    def judge(self, pk):
        path = f"{DESK}{pk}/change/"
        status, _, page = self.browser.ask("GET", path)
        assert status == 200, (path, status)
        form = hidden_fields(page)
        if "revision" not in form:
            # Its author has withdrawn it: nothing to do.
            return
        reason = f"Judged in turn {self.turn}"
        status, location, _ = self.browser.ask("POST", path, form | {"own": reason})
        assert status == 302, (path, status)
        page = self.browser.ask("GET", location)[2]
        if "The comment was hidden." in page:
            self.note("hide", [pk], 1, reason)
        elif "The comment was restored." in page:
            self.note("restore", [pk], 1, reason)
        else:
            assert "was changed after you opened" in page or "nothing to do" in page, page

    def judge_many(self, act):
        chosen = sorted({self.ledger.any_comment(self.dice) for _ in range(12)})
        if act == "restore":
            chosen = sorted({*chosen[:2], *list(self.ledger.hidden)[-30:]})
        self.dice.shuffle(chosen)
        reason = f"Judged with others in turn {self.turn}"
        form = hidden_fields(self.browser.ask("GET", f"{DESK}{chosen[0]}/change/")[2])
        form |= {"action": f"{act}_chosen", "_selected_action": chosen, "confirmed": "1"}
        status, location, page = self.browser.ask("POST", DESK, form | {"own": reason})
        assert status == 302, (status, page)
        page = self.browser.ask("GET", location)[2]
        done = {"hide": "hidden", "restore": "restored"}[act]
        count = int(re.search(rf"(\d+) comments were {done}\.", page)[1])
        self.note(act, chosen, count, reason)

    def note(self, act, chosen, count, reason):
        with self.ledger.lock:
            self.ledger.moderated[act] += count
            for pk in chosen:
                if act == "restore":
                    self.ledger.hidden.pop(pk, None)
                else:
                    self.ledger.hidden.setdefault(pk, reason)
                    self.ledger.ever_gone.add(pk)


class Squeezer:
    """Takes all that a comment has left to give, as ever more replies would, twice a second.

    So trees are spread out anew again and again, with all the locks that this takes.
    """

    def __init__(self, ledger):
        self.ledger = ledger
        self.dice = random.Random("squeezer")

    def run(self):
        squeezed = 0
        while self.ledger.goes_on():
            pk = self.ledger.any_comment(self.dice)
            squeezed += Comment.objects.filter(pk=pk).update(free_from=F("rght"))
            time.sleep(0.5)
        return squeezed


class Reader:
    """Goes through whole discussions by their links, in every order, one after the other."""

    def __init__(self, browser, ledger, seed):
        self.browser, self.ledger = browser, ledger
        self.dice = random.Random(seed)
        self.walks = Counter()

    def run(self):
        while self.ledger.goes_on():
            for order in self.dice.sample(list(orders.ORDERS), len(orders.ORDERS)):
                self.walk(self.ledger.any_place(self.dice), order)
                self.look_around()
        return self.walks

    def walk(self, place, order):
        there = self.ledger.comments_of(place)
        begun_in = _version_of(place)
        met, waiting = Counter(), [f"{place.url}?order={order}"]
        while waiting:
            if not self.ledger.goes_on():
                return
            path = waiting.pop(0).partition("#")[0]
            status, _, page = self.browser.ask("GET", path)
            assert status == 200, (path, status)
            shown = SHOWN.findall(page)
            assert 0 < len(shown) == len(set(shown)) <= discussions.PAGE_SIZE, (path, len(shown))
            met.update(map(int, shown))
            waiting += [
                each.replace("&amp;", "&") for each in MORE.findall(page) + NEXT.findall(page)
            ]
        # Whoever reads on for longer than is kept begins again with today's order.
        if not orders.ORDERS[order].rank or _version_of(place) - begun_in <= orders.MOST_MOVES:
            missed = set(there) - set(met)
            assert not missed, f"{order}: {len(missed)} of {len(there)} never shown: {missed}"
            twice = [pk for pk, times in met.items() if times > 1]
            assert not twice, f"{order}: shown twice: {twice}"
            self.walks[order] += 1

    def look_around(self):
        pk, place = self.ledger.any_comment(self.dice), self.ledger.any_place(self.dice)
        since = self.dice.randrange(len(self.ledger.comments_of(place)))
        order = self.dice.choice(list(orders.ORDERS))
        for path, right in {
            f"/comments/{pk}/": 200, f"/comments/{pk}/text/": 200, f"/comments/{pk}/history/": 200,
            f"/comments/{pk}/discussion/?order={order}": 302, f"/comments/{pk}/feed.atom": 200,
            f"/discussions/{place.pk}/news/": 200, f"/discussions/{place.pk}/people/": 200,
            f"/discussions/{place.pk}/new/?since={since}": 200, "/people/writer1/": 200,
            f"/discussions/{place.pk}/feed.json": 200, f"/comments/{pk}/preview/": 200,
        }.items():  # fmt: skip
            status, location, _ = self.browser.ask("GET", path)
            assert status == right, (path, status)
            if location:
                path = location.partition("#")[0]
                assert self.browser.ask("GET", path)[0] == 200, path


def _version_of(place):
    return Discussion.objects.values_list("version", flat=True).get(pk=place.pk)
