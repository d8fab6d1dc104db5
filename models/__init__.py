"""The rules: what is true. One file per noun; knows no HTTP and never commits."""

from models import category, deployment, item, level, listing, movement, sign_in, store, user

__all__ = ["category", "deployment", "item", "level", "listing", "movement", "sign_in", "store", "user"]
