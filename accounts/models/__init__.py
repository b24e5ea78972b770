from accounts.models.activity import Activity
from accounts.models.due import Due
from accounts.models.kept_from import KeptFrom
from accounts.models.mail import OutgoingMail
from accounts.models.people import Absence, Person, PersonRole
from accounts.models.structure import Area, Service, Team

__all__ = [
    "Absence",
    "Activity",
    "Area",
    "Due",
    "KeptFrom",
    "OutgoingMail",
    "Person",
    "PersonRole",
    "Service",
    "Team",
]
