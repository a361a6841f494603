"""What the search knows besides the index of words, which is no table of Django's."""

from django.db import models

# Longer words are found as they are typed or not at all.
MAX_SPELLED = 24


class SpellingKey(models.Model):
    """A way in which a word of the articles may be mistyped: the word without one letter, or whole.

    Two words that differ by one slip of the pen share a key, so whoever mistypes one finds it by
    looking up a few keys, whatever the number of words. Words are not taken away again.
    """

    key = models.CharField(max_length=MAX_SPELLED)
    word = models.CharField(max_length=MAX_SPELLED)

    class Meta:
        constraints = (
            # Reader: spelling.words_near.
            models.UniqueConstraint(fields=["key", "word"], name="one_spelling_key_a_word"),
        )

    def __str__(self):
        return f"{self.key}: {self.word}"
