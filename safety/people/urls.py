"""The few account pages there are: no sign-up, no mail; a person resets a forgotten password."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import path

from safety.people.views import explain_forgotten

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/forgotten/", explain_forgotten, name="account_reset_password"),
]
