"""WRITE: a part of the site gets another name, and all that goes by its name follows."""

from django.db import transaction
from django.db.models import F

from comments.models import Beat, Case, Discussion, Policy
from comments.rules import turn_page


def rename_area(former, name):
    """Discussions, open and decided cases, moderators' beats and policies of ``former``.

    What the log says of it stays as it was then. Returns how many discussions there are. One
    transaction; locks the rule book, the cases of appeals, the discussions in the order of their
    ids, then the other cases, as ``hosting.follow_page``.
    """
    with transaction.atomic():
        turn_page()
        cases = Case.objects.filter(area=former)
        cases.filter(appeal__isnull=False).update(area=name)
        mine = Discussion.objects.filter(area=former).order_by("pk")
        pks = list(mine.select_for_update(no_key=True).values_list("pk", flat=True))
        Discussion.objects.filter(area=former).update(area=name, version=F("version") + 1)
        cases.filter(appeal__isnull=True).update(area=name)
        beats, policies = Beat.objects.filter(area=former), Policy.objects.filter(area=former)
        # Of what is left from a part that once had the new name, each is kept once.
        beats.filter(person__in=Beat.objects.filter(area=name).values("person")).delete()
        beats.update(area=name)
        if policies.exists():
            Policy.objects.filter(area=name).delete()
            policies.update(area=name)
    return len(pks)
