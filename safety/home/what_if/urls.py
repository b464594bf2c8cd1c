from __future__ import annotations

from django.urls import path

from safety.home.what_if import views

app_name = "what_if"
urlpatterns = [
    path("what-if/", views.suppose, name="suppose"),
    path("what-if/night/", views.bad_night, name="night"),
]
