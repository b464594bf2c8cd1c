from __future__ import annotations

from django.urls import path

from safety.roster.views import changing, own, sheets, taking_in

app_name = "roster"
urlpatterns = [
    path("", own.show_own, name="own"),
    path("calendar/", own.change_calendar, name="calendar"),
    path("calendar/<str:token>.ics", own.show_feed, name="feed"),
    path("shifts/<uuid:ref>/", changing.change_shift, name="shift"),
    path("shifts/<uuid:ref>/swap/", own.ask_for_swap, name="swap"),
    path("swaps/<uuid:ref>/", own.decide_swap, name="decide"),
    path("units/<str:code>/", sheets.show_sheet, name="sheet"),
    path("units/<str:code>/print/", sheets.print_sheet, name="paper"),
    path("units/<str:code>/export/", sheets.export_sheet, name="export"),
    path("units/<str:code>/plan/", changing.add_shift, name="plan"),
    path("units/<str:code>/rotate/", changing.rotate, name="rotate"),
    path("units/<str:code>/copy/", changing.copy_span, name="copy"),
    path("units/<str:code>/import/", taking_in.look_at_file, name="import"),
    path("units/<str:code>/take-in/", taking_in.take_in, name="take_in"),
    path("units/<str:code>/seats/<int:pk>/", changing.keep_seat, name="keep"),
]
