"""Who may sign in."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import Person


class PersonBackend(AuthenticationBackend):
    """Sign-in by e-mail address, and no Django permissions: what a person may do comes from their roles alone."""

    def get_user(self, user_id: int) -> Person | None:
        """The person of the session, with their roles: every page asks for both, in one query."""
        person = Person.objects.with_roles(user_id)
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj: object, perm: str, obj: object = None) -> bool:
        return False
