"""NEWS: sections, articles, their bylines and what else the newsroom keeps."""

from articles.models.corrections import (
    Correction,
)
from articles.models.desk import (
    WORD_FIELDS,
    PreviewLink,
    Remit,
    Revision,
    ScheduledUpdate,
)
from articles.models.drafting import (
    OpenForm,
    WorkingCopy,
)
from articles.models.front import (
    MAX_BANNER_LENGTH,
    MAX_HEADING_LENGTH,
    MOST_IN_ROW,
    Banner,
    FrontArrangement,
    FrontRow,
)
from articles.models.guests import (
    MAX_BIOGRAPHY,
    MAX_GUEST_NAME,
    MAX_GUEST_SLUG,
    Guest,
)
from articles.models.machine_files import (
    MAX_FILE_LENGTH,
    MachineFile,
)
from articles.models.news import (
    MAX_SLUG_LENGTH,
    Article,
    Byline,
    Section,
)
from articles.models.pictures import (
    MOST_PERCENT,
    Picture,
    Placement,
)
from articles.models.readers import ReadCount, SavedArticle, day_of, hour_of
from articles.models.redirects import (
    MAX_NOTE_LENGTH,
    MAX_PATH_LENGTH,
    DeskTurn,
    MissedPath,
    Redirect,
)
from articles.models.search import (
    MAX_SPELLED,
    SpellingKey,
)
from articles.models.series import (
    MAX_SERIES_DESCRIPTION,
    MAX_SERIES_SLUG,
    MAX_SERIES_TITLE,
    RelatedPick,
    Series,
    SeriesPart,
)
from articles.models.tags import (
    MAX_FOLDED,
    MAX_TAG_DESCRIPTION,
    MAX_TAG_NAME,
    MAX_TAG_SLUG,
    Tag,
    Tagging,
)

__all__ = [
    "MAX_BANNER_LENGTH",
    "MAX_BIOGRAPHY",
    "MAX_FILE_LENGTH",
    "MAX_FOLDED",
    "MAX_GUEST_NAME",
    "MAX_GUEST_SLUG",
    "MAX_HEADING_LENGTH",
    "MAX_NOTE_LENGTH",
    "MAX_PATH_LENGTH",
    "MAX_SERIES_DESCRIPTION",
    "MAX_SERIES_SLUG",
    "MAX_SERIES_TITLE",
    "MAX_SLUG_LENGTH",
    "MAX_SPELLED",
    "MAX_TAG_DESCRIPTION",
    "MAX_TAG_NAME",
    "MAX_TAG_SLUG",
    "MOST_IN_ROW",
    "MOST_PERCENT",
    "WORD_FIELDS",
    "Article",
    "Banner",
    "Byline",
    "Correction",
    "DeskTurn",
    "FrontArrangement",
    "FrontRow",
    "Guest",
    "MachineFile",
    "MissedPath",
    "OpenForm",
    "Picture",
    "Placement",
    "PreviewLink",
    "ReadCount",
    "Redirect",
    "RelatedPick",
    "Remit",
    "Revision",
    "SavedArticle",
    "ScheduledUpdate",
    "Section",
    "Series",
    "SeriesPart",
    "SpellingKey",
    "Tag",
    "Tagging",
    "WorkingCopy",
    "day_of",
    "hour_of",
]
