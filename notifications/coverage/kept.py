"""Proofs kept in memory: a page is opened more often than anybody changes office.

A proof is used again while table, rule book and the revision of holdings are the
same, for a few minutes at most: facts of schools have no revision. What is accepted
is read anew each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notifications.coverage.selectors import DAYS, Coverage, judged, proof_of
from notifications.models import ResponsibilityTable
from notifications.responsibility.coverage_gaps import Period, Proof
from safety.posts.access import rights_revision
from safety.rules.models import RuleBook
from safety.rules.selectors import current_rules

GOOD_FOR = timedelta(minutes=5)
MOST = 16  # proofs: the city, its districts, a draft or two

Key = tuple[int, int, int, int, str]


class _Kept:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._proofs: OrderedDict[Key, tuple[datetime, Proof]] = OrderedDict()

    def get(self, key: Key) -> Proof | None:
        with self._lock:
            made_at, proof = self._proofs.get(key, (None, None))
            if made_at is None or made_at < timezone.now() - GOOD_FOR:
                return None
            return proof

    def put(self, key: Key, proof: Proof) -> None:
        with self._lock:
            self._proofs[key] = timezone.now(), proof
            self._proofs.move_to_end(key)
            while len(self._proofs) > MOST:
                self._proofs.popitem(last=False)


_kept = _Kept()


def coverage_of(
    table: ResponsibilityTable, *, below: str = "", later: RuleBook | None = None
) -> Coverage:
    """The judged proof of ``table`` for the units under ``below``, at most minutes old.

    ``later``: a rule book that waits for its day, from that day on. Inside a transaction
    nothing is kept: what it wrote may be rolled back.
    """
    book = later or current_rules()
    if transaction.get_connection().in_atomic_block:
        return judged(table, book, _prove(table, book, below), below=below)
    key = (table.pk, table.revision, book.pk, rights_revision(), below)
    proof = _kept.get(key)
    if proof is None:
        proof = _prove(table, book, below)
        _kept.put(key, proof)
    return judged(table, book, proof, below=below)


def _prove(table: ResponsibilityTable, book: RuleBook, below: str) -> Proof:
    since = max(timezone.now(), book.effective_at)
    period = Period(since=since, until=since + timedelta(days=DAYS))
    return proof_of(table, book, period, below=below)
