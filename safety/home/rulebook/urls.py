from __future__ import annotations

from django.urls import path

from safety.home.rulebook.views import books, drafts, editing, trials

app_name = "rulebook"
urlpatterns = [
    path("rulebook/", books.show_current, name="current"),
    path("rulebook/versions/", books.list_versions, name="versions"),
    path("rulebook/compare/", books.choose_versions, name="choose"),
    path("rulebook/compare/<int:before>/<int:after>/", books.compare, name="compare"),
    path("rulebook/drafts/", drafts.begin, name="begin"),
    path("rulebook/drafts/<int:pk>/", drafts.show, name="draft"),
    path("rulebook/drafts/<int:pk>/edit/<slug:slug>/", editing.edit, name="edit"),
    path("rulebook/drafts/<int:pk>/rows/<slug:slug>/", editing.change_rows, name="rows"),
    path("rulebook/drafts/<int:pk>/raw/<slug:section>/", drafts.raw, name="raw"),
    path("rulebook/drafts/<int:pk>/rebase/", drafts.rebase, name="rebase"),
    path("rulebook/drafts/<int:pk>/publish/", drafts.publish, name="publish"),
    path("rulebook/drafts/<int:pk>/discard/", drafts.discard, name="discard"),
    path("rulebook/drafts/<int:pk>/trial/", trials.show, name="trial"),
    path("rulebook/drafts/<int:pk>/trial/begin/", trials.begin, name="begin_trial"),
    path("rulebook/drafts/<int:pk>/trial/go-on/", trials.go_on, name="go_on"),
    path("rulebook/drafts/<int:pk>/trial/<uuid:ref>/", trials.show_one, name="tried"),
    path("rulebook/<int:number>/withdraw/", books.withdraw, name="withdraw"),
    path("rulebook/<int:number>/raw/<slug:section>/", books.download, name="download"),
    path("rulebook/<int:number>/<slug:slug>/", books.show_version, name="version"),
]
