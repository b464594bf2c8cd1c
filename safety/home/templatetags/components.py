"""Small words and drawings that the components share; none of them asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from notifications.words import grade_word

register = template.Library()
register.filter("grade_word", grade_word)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SOON = timedelta(minutes=5)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of img/icons.svg; decoration unless ``label`` says what it means."""
    link = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, link
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', link)


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, number: int, key: str = "") -> str:
    """The address of another page of a list, with all else that the address says."""
    query = context["request"].GET.copy()
    query[key or "page"] = str(number)
    return f"?{query.urlencode()}"


@dataclass(frozen=True, kw_only=True)
class ClockFace:
    """What a clock shows: ``state`` is open, soon, over, met or late."""

    state: str
    text: str


@register.simple_tag
def clock_face(due_at: datetime | None, met_at: datetime | None = None) -> ClockFace | None:
    """The words of a clock: time left, time over, or when it was met."""
    if met_at:
        when = clock_time(met_at)
        if due_at and met_at > due_at:
            return ClockFace(state="late", text=_("done late %(when)s") % {"when": when})
        return ClockFace(state="met", text=_("done %(when)s") % {"when": when})
    if not due_at:
        return None
    left = due_at - timezone.now()
    if left <= timedelta(0):
        return ClockFace(state="over", text=over_words(-left))
    return ClockFace(state="soon" if left <= SOON else "open", text=left_words(left))


def left_words(left: timedelta) -> str:
    """Rounded down: a clock never promises time that is not there."""
    if left >= DAY:
        return _("%(days)d d left") % {"days": left.days}
    hours, minutes = divmod(int(left.total_seconds() // 60), 60)
    if hours:
        return _("%(hours)d h %(minutes)d min left") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min left") % {"minutes": minutes}


def over_words(over: timedelta) -> str:
    """Minutes late are 超时, days late are 逾期: two words, as offices use them."""
    if over >= DAY:
        return _("%(days)d d overdue") % {"days": over.days}
    hours, minutes = divmod(int(over.total_seconds() // 60), 60)
    if hours:
        return _("%(hours)d h %(minutes)d min over") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min over") % {"minutes": minutes}


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """How long ago, as short as a clock says it."""
    since = max(now - moment, timedelta(0))
    if since >= DAY:
        return _("%(days)d d ago") % {"days": since.days}
    hours, minutes = divmod(int(since.total_seconds() // 60), 60)
    if hours:
        return _("%(hours)d h %(minutes)d min ago") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min ago") % {"minutes": minutes}


@register.filter
def clock_time(moment: datetime | None) -> str:
    """``20:21`` today, ``06-14 20:21`` this year, else with the year."""
    if not moment:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return date_format(local, "H:i")
    return date_format(local, "m-d H:i" if local.year == today.year else "Y-m-d H:i")


@register.filter
def tel(number: str) -> str:
    """The number as a ``tel:`` link dials it."""
    return "".join(sign for sign in str(number) if sign.isdigit() or sign == "+")


@register.simple_tag
def clock_words() -> SafeString:
    """The patterns by which clock.js keeps every clock of the page running."""
    return format_html(
        '<template id="clock-words" data-now="{}" data-days-left="{}" data-hours-left="{}"'
        ' data-minutes-left="{}" data-days-over="{}" data-hours-over="{}" data-minutes-over="{}">'
        "</template>",
        timezone.now().isoformat(),
        _("%(days)d d left"),
        _("%(hours)d h %(minutes)d min left"),
        _("%(minutes)d min left"),
        _("%(days)d d overdue"),
        _("%(hours)d h %(minutes)d min over"),
        _("%(minutes)d min over"),
    )
