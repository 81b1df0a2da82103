"""Argon2 at the least cost: a test makes a user in a third of a second otherwise, five hundred
times. What the product uses is asked in web/test_sign_in.py."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 8, 1
