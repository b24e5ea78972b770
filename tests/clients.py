"""Browsers for tests of pages."""

from django.test import Client

from accounts.models import Person


def as_(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client
