"""What went wrong, in the user's words."""


class UserError(Exception):
    """Something a person asked for cannot be done. The message is a plain sentence for the page or the command line."""


class StaleVersion(UserError):
    """Somebody, or another tab, saved in between. `current` is the version that is stored now."""

    def __init__(self, message: str, *, current: int) -> None:
        super().__init__(message)
        self.current = current
