"""People: who they are, whom they answer to, what they do here and when they are away."""

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.enums import Permission, Role
from accounts.models.structure import Team
from accounts.roles import permissions_of, roles_with


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> "PersonQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, person: "Person") -> "PersonQuerySet":
        """The directory: everybody, for those who look after it; nobody's page but one's own for the others."""
        return self.all() if person.may(Permission.IMPORT_PEOPLE) else self.filter(pk=person.pk)

    def with_roles(self, pk: int) -> "Person | None":
        """That person with their roles, in one query: a row for each role."""
        rows = list(self.filter(pk=pk).annotate(held=F("roles__role")))
        if not rows:
            return None
        rows[0].role_set = frozenset(Role(row.held) for row in rows if row.held)  # type: ignore[attr-defined]
        return rows[0]

    def holding(self, permission: Permission) -> "PersonQuerySet":
        """People who may do `permission` through any of their roles."""
        return self.filter(
            models.Exists(PersonRole.objects.filter(person=models.OuterRef("pk"), role__in=roles_with(permission)))
        )


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Somebody who takes part in the programme. The e-mail address, in lower case, is their name to the program."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="people", null=True, blank=True)
    team_code = models.CharField(
        max_length=60, blank=True, help_text="As the people file names the team, until it is known."
    )
    line_manager = models.ForeignKey("self", models.SET_NULL, related_name="reports", null=True, blank=True)
    line_manager_email = models.EmailField(blank=True, help_text="As the people file names them, until they are known.")
    agency = models.CharField(max_length=100, blank=True, help_text="Blank means children’s social care.")
    phone = models.CharField(max_length=40, blank=True, help_text="Shown where somebody has to be phoned at once.")
    quota = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Cases a cycle. Blank means the programme’s default."
    )
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager.from_queryset(PersonQuerySet)()

    class Meta:
        ordering = ["name", "email"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
            models.CheckConstraint(
                condition=Q(line_manager__isnull=True) | ~Q(line_manager=F("id")),
                name="person_not_own_manager",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(row.role) for row in self.roles.all())

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.role_set) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether any of this person's roles allows `permission`; never for a person who has left."""
        return permission in self.permissions


class PersonRole(models.Model):
    """One role that a person holds."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=30, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="person_holds_a_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="person_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class Absence(models.Model):
    """A time, both days included, in which a person is given no new audits."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Blank while the end is not known.")
    from_file = models.BooleanField(default=False, help_text="A people file said it, so a later one may take it back.")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["person", "starts_on"], name="absence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.starts_on} to {self.ends_on or '…'}"
