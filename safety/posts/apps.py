from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "safety.posts"
    label = "posts"
