from __future__ import annotations

from django.urls import path

from notifications.views import alerts, answers, boards, calls, mine

app_name = "notifications"
urlpatterns = [
    path("boards/", boards.list_boards, name="boards"),
    path("boards/<str:code>/", boards.show_board, name="board"),
    path("boards/<str:code>/rows/", boards.show_rows, name="board_rows"),
    path("mine/", mine.show_mine, name="mine"),
    path("alerts/<uuid:ref>/", alerts.show_alert, name="alert"),
    path("obligations/acknowledge/", answers.acknowledge_own, name="acknowledge"),
    path("obligations/act/", answers.act_on_own, name="act"),
    path("obligations/<uuid:ref>/record/", calls.record_call, name="record"),
]
