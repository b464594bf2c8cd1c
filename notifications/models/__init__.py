from notifications.models.alert import Alert
from notifications.models.obligation import Obligation
from notifications.models.stream import Stream, StreamRow
from notifications.models.table import Entry, ResponsibilityTable
from notifications.models.beat import Beat

__all__ = ["Alert", "Beat", "Entry", "Obligation", "ResponsibilityTable", "Stream", "StreamRow"]
