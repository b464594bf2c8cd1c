from __future__ import annotations

from django.conf import settings
from django.urls import path

from safety.home import people, rooms, styleguide, views

app_name = "home"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("manage/", rooms.show_rooms, name="rooms"),
    path("people/", people.list_people, name="people"),
    path("people/<int:pk>/reset/", people.reset_sign_in, name="reset"),
    path("people/<int:pk>/switch/", people.switch_person, name="switch"),
    path("people/<int:pk>/device/", people.hand_out_device, name="device"),
    path("people/devices/", people.list_devices, name="devices"),
    path("people/devices/<int:pk>/revoke/", people.take_back_device, name="revoke"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
