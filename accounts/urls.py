"""The pages about people, mail and activity."""

from django.urls import path

from accounts.views import activity, mail, people, session

urlpatterns = [
    path("session/", session.session_state, name="session_state"),
    path("session/extend/", session.session_extend, name="session_extend"),
    path("people/", people.person_list, name="person_list"),
    path("people/teams/", people.team_list, name="team_list"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/change/", people.person_change, name="person_change"),
    path("people/<int:pk>/absences/add/", people.absence_add, name="absence_add"),
    path("people/<int:pk>/absences/remove/", people.absence_remove, name="absence_remove"),
    path("people/<int:pk>/changes/<int:change>/undo/", people.person_undo, name="person_undo"),
    path("your-phone/", people.own_phone, name="own_phone"),
    path("mail/", mail.mail_list, name="mail_list"),
    path("mail/<uuid:reference>/settle/", mail.mail_settle, name="mail_settle"),
    path("messages/", mail.message_list, name="message_list"),
    path("messages/<uuid:reference>/", mail.message_detail, name="message_detail"),
    path("activity/", activity.activity_list, name="activity_list"),
]
