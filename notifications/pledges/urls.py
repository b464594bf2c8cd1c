from __future__ import annotations

from django.urls import path

from notifications.pledges import views

app_name = "pledges"
urlpatterns = [
    path("", views.list_pledges, name="pledges"),
    path("progress/", views.show_progress, name="progress"),
    path("<uuid:ref>/", views.show_pledge, name="pledge"),
    path("<uuid:ref>/sheet/", views.download_sheet, name="sheet"),
]
