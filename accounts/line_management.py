"""Who stands above whom, as the people are now."""

from accounts.models import Person
from accounts.rules.line_management import chain_above


def managers_above(person: Person) -> list[Person]:
    """The line managers above `person`, nearest first; those who have left are passed over."""
    above = chain_above(person.pk, dict(Person.objects.values_list("pk", "line_manager")))
    managers = Person.objects.active().in_bulk(above)
    return [managers[pk] for pk in above if pk in managers]
