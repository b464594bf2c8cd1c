from notifications.models.alert import Alert
from notifications.models.beat import Beat
from notifications.models.obligation import Obligation
from notifications.models.receipt import Receipt
from notifications.models.stream import Stream, StreamRow
from notifications.models.table import Entry, ResponsibilityTable
from notifications.models.table_job import TableJob
from notifications.models.upload import TableUpload

__all__ = [
    "Alert",
    "Beat",
    "Entry",
    "Obligation",
    "Receipt",
    "ResponsibilityTable",
    "Stream",
    "StreamRow",
    "TableJob",
    "TableUpload",
]
