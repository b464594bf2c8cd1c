from __future__ import annotations

from django.urls import path

from safety.home.offices import views

app_name = "offices"
urlpatterns = [
    path("", views.list_posts, name="list"),
    path("<int:pk>/", views.show_post, name="post"),
]
