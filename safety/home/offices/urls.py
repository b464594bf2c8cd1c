from __future__ import annotations

from django.urls import path

from safety.home.offices import changing, people_views, sheet_views, views

app_name = "offices"
urlpatterns = [
    path("", views.list_posts, name="list"),
    path("<int:pk>/", views.show_post, name="post"),
    path("<int:pk>/history/", views.show_history, name="history"),
    path("<int:pk>/appoint/", changing.appoint, name="appoint"),
    path("holdings/<int:pk>/end/", changing.end, name="end"),
    path("holdings/<int:pk>/undo/", changing.take_holding_back, name="take_back"),
    path("people/<int:pk>/", people_views.show_person, name="person"),
    path("people/<int:pk>/away/", people_views.away, name="away"),
    path("people/<int:pk>/liaison/", people_views.name, name="name_liaison"),
    path("away/", people_views.own_away, name="own_away"),
    path("away/<int:pk>/back/", people_views.back, name="back"),
    path("notes/<uuid:ref>/", people_views.note, name="note"),
    path("liaison/", people_views.show_liaison, name="liaison"),
    path("liaison/<int:pk>/enter/", people_views.enter, name="enter"),
    path("liaison/<int:pk>/end/", people_views.end_link, name="end_liaison"),
    path("liaison/seen/", people_views.seen, name="seen"),
    path("sheets/", sheet_views.list_sheets, name="sheets"),
    path("sheets/<uuid:ref>/", sheet_views.show_sheet, name="sheet"),
    path("sheets/<uuid:ref>/apply/", sheet_views.apply, name="apply"),
    path("sheets/<uuid:ref>/undo/", sheet_views.undo, name="undo"),
    path("sheets/<uuid:ref>/discard/", sheet_views.discard, name="discard"),
    path("sheets/<uuid:ref>/print/", sheet_views.print_sheet, name="print"),
]
