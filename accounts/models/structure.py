"""How the authority is made up: services, their teams, and the geographic areas the teams work in."""

from django.db import models


class Service(models.Model):
    """A service (assessment, early help, children in care …); each authority's own names."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A geographic area, such as a locality or a district."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team. Files name it by its code. Its manager is the practice manager of its cases."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    service = models.ForeignKey(Service, models.PROTECT, related_name="teams")
    area = models.ForeignKey(Area, models.PROTECT, related_name="teams", null=True, blank=True)
    manager = models.ForeignKey("accounts.Person", models.SET_NULL, related_name="managed_teams", null=True, blank=True)
    manager_email = models.EmailField(
        blank=True, help_text="As the teams file names the manager; kept until that person is imported."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
