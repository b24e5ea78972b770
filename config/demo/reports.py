"""The reports: last month's is published, the live month's is begun."""

from datetime import date, datetime

from accounts.models import Person
from audits.models import Feedback
from audits.rules.deadlines import add_months
from audits.rules.working_days import add_working_days
from config.demo.clock import moment
from config.demo.people import People
from config.demo.structure import AUTHORITY, DOMAIN
from reporting.highlight import RecommendationLine
from reporting.models import Report
from reporting.narrative import HIGHLIGHT_CHAPTERS, actions_key, reflection_key, theme_key
from reporting.rules.periods import Period
from reporting.services import reports

NARRATIVE = {
    "introduction": (
        f"Every month managers across {AUTHORITY} audit children’s records together with the social worker, to learn "
        "what makes a difference for children. Cases are drawn at random from all services. This report brings "
        "together what this month’s audits found, and what we will do about it."
    ),
    "practice": (
        "- See the child alone, and write down what they say in their own words.\n"
        "- Give every action in a plan a name and a date.\n"
        "- Speak to fathers, and record their views in the assessment.\n"
        "- Use supervision to test the working hypothesis, at least once a month."
    ),
    "judgements": (
        "More audits are graded Good or Outstanding than two years ago. A single month can move by chance; the chart "
        "shows how far."
    ),
    "sections": (
        "Direct work with children, and relationships that last, are what auditors praise most. Plans need dates, and "
        "supervision needs time to think."
    ),
    theme_key("cin"): "Children are seen regularly. Plans are clearer about services than about outcomes.",
    actions_key("cin"): "- Team managers sample one plan a fortnight for dates and outcomes",
    theme_key("cp_under_5"): "Observation of parent and child is well recorded and used in the analysis.",
    actions_key("cp_under_5"): "- Use the neglect tool before the first review conference",
    theme_key(
        "missing"
    ): "Return interviews are held in time; what children say in them does not always reach the plan.",
    actions_key("missing"): "- Bring the return interview to the next core group",
    "feedback.strengths": "- Families are told plainly what the worry is\n- Schools know the plan",
    "feedback.improvements": "- Reports reach families too late\n- Children ask to be told things first",
    reflection_key("done_well"): "Workers are proud of relationships that they built with families over months.",
    reflection_key("challenges"): "Time, handovers between teams, and waiting lists for therapeutic support.",
    reflection_key("tools"): "Most have what they need. Training on the neglect tool is asked for again.",
    reflection_key("differently"): "Begin the genogram with the family in the first week.",
    "reflection.recurring": "Handovers between teams come up again and again.",
    "contact": f"qa@{DOMAIN}",
}
BEGUN = ("introduction", "contact")

RECOMMENDATIONS = (
    ("Every plan has a named person and a date for each action.", "Service managers", False),
    ("Handover between teams includes a joint visit to the family.", "Assistant directors", False),
    ("The child is seen alone at least every four weeks, or the record says why not.", "Practice managers", True),
)


def load_reports(people: People, live: date, as_of: date) -> None:
    last_month = add_months(live, -1)
    yesterday = add_working_days(as_of, -1)
    author = people.qa[0]
    published = _start(last_month, author, moment(yesterday, 10))
    _write(
        published,
        {**NARRATIVE, **_signed(author), "feedback.quotes": _quotes(last_month)},
        author,
        moment(yesterday, 11),
    )
    _recommend(published, add_months(live, 2), author, moment(yesterday, 12))
    reports.publish(report=published, by=author, at=moment(yesterday, 15))
    begun = _start(live, author, moment(yesterday, 16))
    _write(begun, {key: NARRATIVE[key] for key in BEGUN} | _signed(author), author, moment(yesterday, 16, 30))


def _start(month: date, by: Person, at: datetime) -> Report:
    return reports.start_report(period=Period(month, month), by=by, at=at)


def _signed(author: Person) -> dict[str, str]:
    return {"author": f"{author.name}, quality assurance"}


def _write(report: Report, texts: dict[str, str], by: Person, at: datetime) -> None:
    for chapter in HIGHLIGHT_CHAPTERS:
        before = reports.seen(reports.chapter_texts(report, chapter))
        reports.save_chapter(report=report, chapter=chapter, texts=texts, seen_before=before, by=by, at=at)


def _recommend(report: Report, due_on: date, by: Person, at: datetime) -> None:
    before = reports.seen(reports.recommendation_lines(report))
    lines = [RecommendationLine(text, owner, due_on, standard) for text, owner, standard in RECOMMENDATIONS]
    reports.save_recommendations(report=report, lines=lines, seen_before=before, by=by, at=at)


def _quotes(month: date) -> str:
    """What people said in that month’s audits and let us quote, each once."""
    said = Feedback.objects.filter(
        audit__allocation__cycle__first_month=month, may_quote=True, in_confidence=False
    ).order_by("pk")
    quotes = {feedback.text: feedback.get_source_display() for feedback in said}
    return "\n\n".join(f"{text}\n— {source}" for text, source in list(quotes.items())[:4])
