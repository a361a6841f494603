"""The tree with gaps: places, room, spreading out, and what the checker finds."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments import network, numbering, threads
from comments.models import Comment, Discussion
from comments.tree import LEAST_SHARE, SPAN, TreeError, next_tree_id, share_of, spread


def checked(discussion):
    return [str(each) for each in threads.check(Discussion.objects.get(pk=discussion.pk))]


class TestNumbers:
    @pytest.mark.parametrize(
        ("free", "replies", "share"),
        [(100, 0, 50), (100, 8, 10), (3, 0, 1), (0, 0, 0), (SPAN, 10_000, SPAN // 10_002)],
    )
    def test_a_share_shrinks_with_the_replies_before(self, free, replies, share):
        assert share_of(free=free, replies=replies) == share

    def test_ten_thousand_replies_leave_room(self):
        free = SPAN - 2
        for replies in range(10_000):
            share = share_of(free=free, replies=replies)
            assert share >= LEAST_SHARE
            free -= share
        assert free > SPAN // 20_000

    def test_tree_ids_rise_within_a_discussion_and_differ_between_discussions(self):
        now = 1_800_000_000_000
        first = next_tree_id(discussion_id=7, after=0, now_ms=now)
        second = next_tree_id(discussion_id=7, after=first, now_ms=now)
        other = next_tree_id(discussion_id=8, after=0, now_ms=now)
        assert first < second < 2**63
        assert other not in {first, second}
        assert next_tree_id(discussion_id=7, after=second, now_ms=now - 5_000) > second

    @given(st.lists(st.integers(0, 10**6), max_size=120))
    def test_spread_nests_every_tree(self, parents):
        children = {}
        for node, parent in enumerate(parents, 1):
            children.setdefault(parent % node, []).append(node)
        places = spread(children, 0)
        assert len(places) == len(parents) + 1
        for parent, replies in children.items():
            end = places[parent].lft
            for reply in replies:
                assert end < places[reply].lft < places[reply].free_from <= places[reply].rght
                end = places[reply].rght
            assert end < places[parent].free_from <= places[parent].rght <= SPAN
            assert all(places[reply].level == places[parent].level + 1 for reply in replies)

    def test_a_chain_of_any_length_can_be_spread(self):
        places = spread({node: [node + 1] for node in range(20_000)}, 0)
        assert places[20_000].level == 20_000


class TestPosting:
    def test_replies_stand_behind_each_other_in_display_order(self, reader, post, discussion):
        first, second = post(reader, "1"), post(reader, "2")
        reply = post(reader, "1.1", parent=first)
        post(reader, "1.2", parent=first)
        post(reader, "1.1.1", parent=reply)
        post(reader, "2.1", parent=second)
        shown = Comment.objects.filter(discussion=discussion).in_display_order()
        assert [comment.text for comment in shown] == ["1", "1.1", "1.1.1", "1.2", "2", "2.1"]
        assert [comment.number for comment in shown] == [comment.text for comment in shown]
        assert not checked(discussion)

    def test_a_reply_writes_its_own_row_and_its_parents(
        self, reader, post, discussion, django_assert_num_queries
    ):
        root = post(reader)
        siblings = [post(reader, parent=root) for _ in range(5)]
        before = list(Comment.objects.filter(pk__in=[each.pk for each in siblings]).values())
        post(reader, parent=root)
        after = list(Comment.objects.filter(pk__in=[each.pk for each in siblings]).values())
        assert after == before

    def test_who_saves_what_was_just_posted_moves_nothing(self, reader, post, discussion):
        root = post(reader)
        reply = post(reader, parent=post(reader, parent=root))
        post(reader, parent=root)
        before = list(Comment.objects.order_by("pk").values())
        for each in (root, reply):
            each.save(update_fields=["text"])
        assert list(Comment.objects.order_by("pk").values()) == before
        assert not checked(discussion)

    def test_a_chain_that_fills_up_is_spread_out(self, reader, post, discussion):
        parent = None
        for _ in range(150):
            parent = post(reader, parent=parent)
        assert Comment.objects.get(pk=parent.pk).level == 149
        assert not checked(discussion)

    def test_a_reply_that_needs_room_counts_once(self, reader, post, discussion, monkeypatch):
        """Of what comes from one address: it is not stopped by its own first try."""
        monkeypatch.setattr("comments.tree.LEAST_SHARE", SPAN // 64)
        parent, address = None, "203.0.113.7"
        for _ in range(12):
            parent = post(reader, parent=parent, address=address)
        assert network.posts_from(address) == 12
        assert not checked(discussion)

    def test_random_trees_stay_sound(self, reader, post, discussion):
        dice = random.Random(7)
        comments = [post(reader)]
        for _ in range(200):
            parent = dice.choice([None, *comments[-20:], *comments])
            comments.append(post(reader, parent=parent))
        assert not checked(discussion)

    def test_numbers_that_grow_too_long_keep_their_end(self):
        number = ""
        for _ in range(100):
            number = numbering.number_under(number, 12)
        assert number.startswith("…")
        assert number.endswith(".12.12")
        assert len(number) <= 80


class TestRefusals:
    def test_what_would_break_the_tree_is_refused(self, reader, post):
        root = post(reader)
        reply = post(reader, parent=root)
        with pytest.raises(TreeError):
            reply.delete()
        with pytest.raises(TreeError):
            Comment.objects.move_node(reply, root)
        with pytest.raises(TreeError):
            Comment.objects.rebuild()
        with pytest.raises(TreeError):
            Comment.objects.insert_node(Comment(), root, position="first-child")

    def test_counts_come_from_rows_not_from_gaps(self, reader, post):
        root = post(reader)
        reply = post(reader, parent=root)
        post(reader, parent=reply)
        root.refresh_from_db()
        assert root.get_descendant_count() == 2
        assert not root.is_leaf_node()
        assert [each.pk for each in Comment.objects.above(reply, nearest=8)] == [root.pk]


BREAKS = {
    "place": lambda comment: {"lft": comment.rght, "rght": comment.lft},
    "level": lambda comment: {"level": comment.level + 3},
    "tree": lambda comment: {"tree_id": comment.tree_id + 1},
    "number": lambda comment: {"number": "9.9"},
    "position": lambda comment: {"position": comment.position + 5},
    "replies": lambda comment: {"reply_count": 77},
    "room": lambda comment: {"free_from": comment.rght + 10},
    "outside its parent": lambda comment: {"rght": SPAN - 1},
    "circle": lambda comment: {"parent_id": comment.pk},
}


class TestRepair:
    @pytest.fixture
    def tree(self, reader, post):
        root = post(reader)
        replies = [post(reader, parent=root) for _ in range(3)]
        deep = [post(reader, parent=replies[1]) for _ in range(2)]
        return [root, *replies, *deep, post(reader)]

    @pytest.mark.parametrize("damage", BREAKS)
    @pytest.mark.parametrize("which", [1, 2, 4])
    def test_what_is_broken_is_found_and_mended(self, tree, discussion, damage, which):
        comment = Comment.objects.get(pk=tree[which].pk)
        Comment.objects.filter(pk=comment.pk).update(**BREAKS[damage](comment))
        assert checked(discussion)
        threads.repair(discussion)
        assert not checked(discussion)
        assert Comment.objects.filter(discussion=discussion).count() == len(tree)

    def test_wrong_counters_are_found_and_mended(self, tree, discussion):
        Discussion.objects.filter(pk=discussion.pk).update(
            comment_count=1, top_level_count=9, last_tree_id=0
        )
        assert len(checked(discussion)) == 3
        threads.repair(discussion)
        assert not checked(discussion)

    def test_repair_changes_nothing_readers_see_of_a_sound_tree(self, tree, discussion):
        def shown():
            comments = Comment.objects.filter(discussion=discussion).in_display_order()
            return list(comments.values_list("pk", "number", "level", "parent_id"))

        before = shown()
        threads.repair(discussion)
        assert shown() == before
