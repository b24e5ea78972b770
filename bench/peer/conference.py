"""A conference to be reviewed, in pretalx's own database: run with pretalx's Python, where bench.pages starts it.

50 proposals in four tracks, each reviewed by three people who organise the conference too, and in its log what pretalx
itself writes there. A review form of 40 questions, of the same kinds as those of our tool, and 6 scores.

Prints where the pages are that are measured, and what the review form is sent with, as JSON.
"""

import datetime as dt
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretalx.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402
from pretalx.event.models import Event, Team  # noqa: E402
from pretalx.event.utils import create_organiser_with_team  # noqa: E402
from pretalx.person.models import SpeakerProfile, User  # noqa: E402
from pretalx.submission.models import (  # noqa: E402
    Answer,
    AnswerOption,
    Question,
    Review,
    ReviewScore,
    ReviewScoreCategory,
    Submission,
    SubmissionType,
    Track,
)

EMAIL, PASSWORD = "reviewer@example.org", "a password for the benchmark"
PROPOSALS, SCORES, REVIEWERS = 50, 6, 3
KINDS = ["choices"] * 34 + ["multiple_choice"] + ["number"] + ["date"] * 2 + ["text"] * 2
VALUES = {"number": "7", "date": "2026-03-09", "text": "He said that he likes his new school."}


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    reviewers = [
        User.objects.create_user(
            name=f"Reviewer {n}", email=f"{n or ''}{EMAIL}", password=PASSWORD, locale="en", timezone="Europe/London"
        )
        for n in range(REVIEWERS)
    ]
    with scopes_disabled():
        event = _event(reviewers)
    with scope(event=event):
        questions = [_question(event, n, kind) for n, kind in enumerate(KINDS)]
        categories = [_category(event, n) for n in range(SCORES)]
        proposals = [_proposal(event, n) for n in range(PROPOSALS)]
        for proposal in proposals:
            for reviewer in reviewers:
                _review(proposal, reviewer, questions, categories)
        base = f"/orga/event/{event.slug}/"
        fields = [(f"question_{question.pk}", value) for question in questions for value in [_sent(question)]]
        fields += [(f"score_{category.pk}", str(category.scores.last().pk)) for category in categories]
        print(
            json.dumps(
                {
                    "sign_in": ["/orga/login/", [["login_email", EMAIL], ["login_password", PASSWORD]]],
                    "form": f"{base}submissions/{proposals[0].code}/reviews/",
                    "fields": [*fields, ("text", "A good proposal."), ("review_submit", "save")],
                    "list": f"{base}reviews/",
                    "dashboard": base,
                }
            )
        )


def _event(reviewers: list[User]) -> Event:
    organiser, team = create_organiser_with_team(name="Wexmoor", slug="wexmoor", users=reviewers)
    begins = now() + dt.timedelta(days=25)
    event = Event.objects.create(
        name="Wexmoor",
        slug="wexmoor",
        organiser=organiser,
        is_public=True,
        date_from=begins.date(),
        date_to=begins.date() + dt.timedelta(days=2),
        timezone="Europe/London",
        email="wexmoor@example.org",
        locale_array="en",
        locale="en",
    )
    with scope(event=event):
        event.build_initial_data()
        event.cfp.deadline = now() - dt.timedelta(days=3)
        event.cfp.save()
        SubmissionType.objects.create(event=event, name="Workshop", default_duration=90)
        for name in ("North", "East", "South", "West"):
            Track.objects.create(event=event, name=name, color="#12404d")
        event.score_categories.all().delete()
        event.review_phases.update(is_active=False)
        phase = event.review_phases.first()
        phase.start, phase.end, phase.is_active, phase.can_review = None, None, True, True
        phase.can_see_other_reviews = "always"
        phase.save()
    Team.objects.filter(pk=team.pk).update(
        is_reviewer=True, can_change_submissions=True, can_change_event_settings=True
    )
    team.limit_events.add(event)
    return event


def _question(event: Event, n: int, kind: str) -> Question:
    question = Question.all_objects.create(
        event=event,
        variant=kind,
        target="reviewer",
        question=f"Is judgement {n} of the proposal met?",
        help_text="Look at what it says.",
        question_required="required" if kind == "choices" else "optional",
        position=n,
    )
    if "choice" in kind:
        for answer in ("Yes", "No", "Not applicable"):
            AnswerOption.objects.create(question=question, answer=answer)
    return question


def _sent(question: Question) -> str:
    return VALUES.get(question.variant) or str(question.options.first().pk)


def _category(event: Event, n: int) -> ReviewScoreCategory:
    category = ReviewScoreCategory.objects.create(event=event, name=f"Grade {n}", weight=1, required=True)
    for value, label in enumerate(("Inadequate", "Requires improvement", "Good", "Outstanding")):
        ReviewScore.objects.create(category=category, value=value, label=label)
    return category


def _proposal(event: Event, n: int) -> Submission:
    speaker = User.objects.create_user(name=f"Speaker {n}", email=f"speaker{n}@example.org")
    SpeakerProfile.objects.create(user=speaker, event=event, biography="A short life.")
    proposal = Submission.objects.create(
        event=event,
        title=f"Proposal {n}",
        submission_type=event.submission_types.all()[n % 2],
        track=event.tracks.all()[n % 4],
        abstract="What it is about.",
        description="What is said about it, at some length. " * 5,
        content_locale="en",
        state="submitted",
    )
    proposal.speakers.add(speaker)
    proposal.log_action("pretalx.submission.create", person=speaker)
    return proposal


def _review(proposal: Submission, reviewer: User, questions: list[Question], categories: list) -> None:
    review = Review.objects.create(submission=proposal, user=reviewer, text="A good proposal.")
    review.scores.set([category.scores.last() for category in categories])
    review.save(update_score=True)
    for question in questions:
        value = VALUES.get(question.variant)
        option = None if value else question.options.first()
        answer = Answer.objects.create(review=review, question=question, answer=value or str(option.answer))
        if option:
            answer.options.add(option)
    review.log_action("pretalx.submission.review.create", person=reviewer)


if __name__ == "__main__":
    main()
