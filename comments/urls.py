from django.urls import path

from comments.views import (
    arrivals,
    authoring,
    cards,
    feeds,
    held,
    letters,
    log,
    pages,
    plain,
    reporting,
    votes,
    writing,
)

urlpatterns = [
    path("comments/<int:pk>/", pages.comment_permalink, name="comment-permalink"),
    path(
        "comments/<int:pk>/discussion/", pages.comment_in_discussion, name="comment-in-discussion"
    ),
    path("comments/<int:pk>/thread/", pages.comment_thread, name="comment-thread"),
    path("moderation/log/", log.public_log, name="public-log"),
    path("moderation/log.csv", log.log_table, name="log-table"),
    path("comments/<int:pk>/notice/", reporting.comment_notice, name="comment-notice"),
    path("comments/held/<int:pk>/", held.held_comment, name="held-comment"),
    path("comments/<int:pk>/reply/", writing.comment_reply, name="comment-reply"),
    path("comments/<int:pk>/edit/", authoring.comment_edit, name="comment-edit"),
    path("comments/<int:pk>/withdraw/", authoring.comment_withdraw, name="comment-withdraw"),
    path("comments/<int:pk>/agree/", votes.comment_agree, name="comment-agree"),
    path("comments/<int:pk>/report/", reporting.comment_report, name="comment-report"),
    path("comments/<int:pk>/preview/", cards.comment_preview, name="comment-preview"),
    path("votes/", votes.cast_vote, name="votes"),
    path("discussions/<int:pk>/people/", cards.discussion_people, name="discussion-people"),
    path(
        "comments/<int:pk>/withdraw/reason/",
        authoring.withdrawal_reason_hide,
        name="withdrawal-reason-hide",
    ),
    path("comments/<int:pk>/history/", authoring.comment_history, name="comment-history"),
    path(
        "comments/<int:pk>/history/<int:number>/hide/", authoring.version_hide, name="version-hide"
    ),
    path(
        "comments/<int:pk>/history/<int:number>/show/", authoring.version_show, name="version-show"
    ),
    path("comments/<int:pk>/text/", plain.comment_text, name="comment-text"),
    path("discussions/<int:pk>/post/", writing.discussion_post, name="discussion-post"),
    path("discussions/<int:pk>/draft/", writing.discussion_draft, name="discussion-draft"),
    path("discussions/<int:pk>/page/", pages.discussion_fragment, name="discussion-fragment"),
    path("discussions/<int:pk>/news/", arrivals.discussion_news, name="discussion-news"),
    path("discussions/<int:pk>/new/", arrivals.discussion_new, name="discussion-new"),
    path("comments/<int:pk>/feed.atom", feeds.branch_feed, {"form": "atom"}, name="comment-feed"),
    path("comments/<int:pk>/feed.json", feeds.branch_feed, {"form": "json"}, name="comment-feed"),
    path(
        "discussions/<int:pk>/feed.atom",
        feeds.discussion_feed,
        {"form": "atom"},
        name="discussion-feed",
    ),
    path(
        "discussions/<int:pk>/feed.json",
        feeds.discussion_feed,
        {"form": "json"},
        name="discussion-feed",
    ),
    # Before the person's page, whose addresses end with a slash: these are nobody's page.
    path("people/<path:handle>/feed.atom", feeds.person_feed, {"form": "atom"}, name="person-feed"),
    path("people/<path:handle>/feed.json", feeds.person_feed, {"form": "json"}, name="person-feed"),
    path("people/<path:handle>/", pages.person_page, name="person"),
    # One's own pages stand beside those of the account, which knows nothing of comments.
    path("accounts/letters/", letters.letters_page, name="letters"),
    path("accounts/letters/<int:pk>/appeal/", letters.letter_appeal, name="letter-appeal"),
    path("accounts/standing/", letters.standing_page, name="standing"),
]
