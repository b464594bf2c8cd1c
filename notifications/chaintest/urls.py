from __future__ import annotations

from django.urls import path

from notifications.chaintest import views

app_name = "chaintest"
urlpatterns = [
    path("", views.list_tests, name="tests"),
    path("new/", views.new_test, name="new"),
    path("schedules/new/", views.edit_schedule, name="new_schedule"),
    path("schedules/<uuid:ref>/", views.edit_schedule, name="schedule"),
    path("<uuid:ref>/", views.show_test, name="test"),
    path("<uuid:ref>/end/", views.end, name="end"),
]
