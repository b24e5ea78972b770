"""Who may sign in."""

from allauth.account.auth_backends import AuthenticationBackend


class PersonBackend(AuthenticationBackend):
    """Sign-in by e-mail address, and no Django permissions: what a person may do comes from their roles alone."""

    def has_perm(self, user_obj: object, perm: str, obj: object = None) -> bool:
        return False
