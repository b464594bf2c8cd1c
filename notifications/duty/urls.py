from __future__ import annotations

from django.urls import path

from notifications.duty import views

app_name = "duty"
urlpatterns = [
    path("", views.find_room, name="own"),
    path("hand-overs/<uuid:ref>/", views.show_hand_over, name="hand_over"),
    path("checks/<uuid:ref>/answer/", views.answer_check, name="answer"),
    path("checks/<uuid:ref>/", views.record_check, name="check"),
    path("units/<str:code>/", views.show_room, name="room"),
    path("units/<str:code>/log/", views.add_line, name="log"),
    path("units/<str:code>/ask/", views.ask, name="ask"),
    path("units/<str:code>/seats/<int:pk>/", views.hand_over, name="give"),
]
