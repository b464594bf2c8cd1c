"""Keep a workbook that was sent until it is imported or a day old."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import TableUpload
from notifications.table.access import require_whole_table
from notifications.table.workbook.opening import open_workbook
from safety.errors import Hidden, Refused
from safety.people.models import User

KEPT = timedelta(days=1)


def keep_upload(*, content: bytes, name: str, by: User) -> TableUpload:
    """Keep ``content`` for its preview, instead of what ``by`` sent before.

    Raises ``Refused`` when it is no workbook that may be read.
    """
    if not content:
        raise Refused(
            _("The file is empty."),
            field="file",
            value=name,
            remedy=_("Choose the workbook once more."),
        )
    open_workbook(content, name)
    now = timezone.now()
    TableUpload.objects.filter(sent_at__lt=now - KEPT).delete()
    TableUpload.objects.filter(sent_by=by).delete()
    return TableUpload.objects.create(name=name[:200], content=content, sent_by=by, sent_at=now)


def get_upload(user: User, ref: UUID) -> TableUpload:
    """The workbook that ``user`` sent. Raises ``Hidden`` otherwise."""
    require_whole_table(user)
    found = TableUpload.objects.filter(
        ref=ref, sent_by=user, sent_at__gte=timezone.now() - KEPT
    ).first()
    if found is None:
        raise Hidden
    return found


def size_limit_mb() -> int:
    """What a page takes: the server ends a request that is larger before it is kept."""
    return min(int(settings.WORKBOOK_MB), 4 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024))
