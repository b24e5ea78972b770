"""What invented auditors write, section by section: strengths first, then what is missing."""

from typing import NamedTuple


class Remarks(NamedTuple):
    strengths: tuple[str, ...]
    worries: tuple[str, ...]


SECTION_REMARKS = {
    "assessment": Remarks(
        (
            "The assessment tells the story of the family clearly and a reader new to the case can follow it.",
            "Both parents and the grandparents were spoken to, and a genogram shows who matters to the child.",
            "The child’s own words are in the assessment and are weighed in the analysis.",
            "The worker used the neglect tool with the parents and the scores are explained in plain language.",
            "The analysis reaches a clear hypothesis and says what would have to change for the child.",
            "School, health visitor and housing each gave a view, and the differences between them are discussed.",
        ),
        (
            "The father is named but was not spoken to, and there is no note of why.",
            "The assessment describes events well but stops before the analysis.",
            "No evidence-based tool was used, although neglect is the main worry.",
            "The history is long; the child’s day-to-day life takes up two lines.",
            "The assessment has not been updated since the family moved.",
            "There is no record that the assessment was shared with the parents.",
        ),
    ),
    "planning": Remarks(
        (
            "Each action in the plan has a name and a date, and the parents can say what it is for.",
            "The outcomes are written from the child’s point of view and cover home, school and health.",
            "The plan was changed after the core group because the first steps had worked.",
            "The family network meeting shaped the plan and the grandmother’s offer is part of it.",
            "The contingency plan is realistic and known to everyone involved.",
        ),
        (
            "Several actions read ‘ongoing’ and have no date.",
            "The plan lists services to attend; it does not say what will be different for the child.",
            "The plan does not follow from the assessment: the parents’ own needs are missing.",
            "The parents signed the plan, but there is nothing to show that they understood it.",
            "Too much is asked of the family at once, and the worker agrees that it is not realistic.",
        ),
    ),
    "intervention": Remarks(
        (
            "Direct work with cards and drawings is uploaded and shows what the child worries about.",
            "Visits are regular, purposeful and always connected to the plan.",
            "The child was observed with each parent, and the notes describe warmth and routine.",
            "The worker persisted with a young person who did not want to meet, and found a way that suited them.",
            "Case notes separate what was seen, what was said and what the worker thinks.",
        ),
        (
            "Visits take place on time, but the notes mostly record what the adults said.",
            "The child was seen with a parent in the room on each of the last three visits.",
            "There are gaps of six weeks between visits in the spring without an explanation.",
            "The notes do not say how the work of the family support worker fits the plan.",
            "Direct work was planned twice and did not take place.",
        ),
    ),
    "review": Remarks(
        (
            "The review was on time, well attended and looked at every outcome in turn.",
            "The young person chaired part of their own review.",
            "Minutes reached the family within a week, in words that they use themselves.",
            "The review recognised what had changed for the child and reduced the plan accordingly.",
        ),
        (
            "The review restates the plan and does not ask whether it is working.",
            "Health and school sent apologies and no report.",
            "The child’s views were not sought before the review.",
            "Actions from the last review were carried forward without a discussion.",
        ),
    ),
    "reflection": Remarks(
        (
            "Supervision is monthly and tests the working hypothesis against other explanations.",
            "Group supervision brought a new idea which was then tried with the family.",
            "The record shows the worker thinking aloud about their own assumptions.",
            "The manager asked what life is like for this child today, and the answer changed the plan.",
        ),
        (
            "Supervision covers tasks and dates; there is no reflection on what is happening for the child.",
            "There was no supervision on record for ten weeks.",
            "Alternative explanations were not considered after the second referral.",
            "The manager’s decisions are recorded, the reasons for them are not.",
        ),
    ),
    "re_referrals": Remarks(
        (
            "The new referral was read beside the last closing summary, and the difference is written down.",
            "The family knew whom to ring after the closure, and rang.",
            "School and health visitor were told what they would do once the case was closed.",
        ),
        (
            "The last assessment ended when the family moved, and nobody took it up again.",
            "The worry that led to the first referral is the same one, in other words.",
            "The case was closed before the work on routines had begun.",
        ),
    ),
}

SEEN = (
    "The child was seen at home on the last visit, in their bedroom and with their brother in the kitchen.",
    "The child was seen at school twice this term by the worker, who describes how they were.",
    "The child was seen at home and later at nursery, and was settled and curious.",
    "The young person was seen at the placement and took the worker for a walk.",
)

SECTION_NOT_YET = (
    "The case was opened eight weeks ago and the first review is booked for next month.",
    "The first review has not been due yet.",
)

OVERALL_STRENGTHS = (
    "The worker knows this child and speaks about them with warmth and precision.",
    "The worker’s persistence has won the trust of a family who did not want us at the door.",
    "The recording is clear, up to date and respectful.",
    "What stands out is the direct work: it is creative and the child looks forward to it.",
    "The worker holds the professional network together and everyone knows the plan.",
    "The worker has been open with the parents about what must change and by when.",
)
OVERALL_ISSUES = {
    "good": (
        "To be outstanding, the record needs to show that the change for the child has lasted.",
        "The next step is to bring the father into the work.",
        "The plan is working; the contingency needs writing down.",
    ),
    "requires_improvement": (
        "The significant issue is the plan: it needs outcomes that the family would recognise, and dates.",
        "The record does not yet let the child speak. The worker and I agreed how the next visits will be used.",
        "Analysis is the gap: a good deal is known and not yet made sense of.",
        "Supervision has to become a place for thinking again, and the manager has agreed to this.",
    ),
    "inadequate": (
        "I could not find evidence that the child is safer than six months ago, and told the manager the same day.",
        "There are gaps in visiting and supervision which left risk unseen. Actions were agreed at once.",
    ),
}

ACTIONS = (
    ("See the child alone before the next core group and record their views in their own words.",
     "The child’s voice shapes the plan."),
    ("Rewrite the plan with the family so that each outcome has a date and a person.",
     "The child and the family know what will change and when."),
    ("Contact the father and include his views in an updated assessment.",
     "Everyone who can keep the child safe is part of the work."),
    ("Complete the neglect tool with both parents and bring the result to supervision.",
     "Decisions about the child’s care rest on evidence."),
    ("Hold reflective supervision on the working hypothesis and record it on the child’s file.",
     "The child’s situation is understood and drift is noticed early."),
    ("Update the chronology from the date of the last assessment.",
     "Patterns in the child’s life can be seen at a glance."),
    ("Ask school and the health visitor for written reports before the review.",
     "The review has a full picture of the child’s progress."),
    ("Draw up a safety plan with the family network.",
     "The child has named adults to turn to."),
    ("Arrange the overdue health assessment and record its outcome.",
     "The child’s health needs are met."),
    ("Plan three sessions of direct work and upload what comes of them.",
     "The child has a way to say what matters to them."),
    ("Convene the core group within ten working days.",
     "The plan moves on and the child does not wait."),
    ("Review the pathway plan with the young person and include housing and work.",
     "The young person has a home and a next step."),
)  # fmt: skip
IRO_ACTION = (
    "Bring the review forward and chair it with the young person.",
    "The young person is heard at their review.",
)
LONG_TEXTS = {
    "re_referrals.outstanding_work": (
        "The parenting course had been offered and not begun.",
        "Nothing was outstanding.",
        "The speech and language assessment had not come back.",
    ),
    "re_referrals.good_practice": (
        "The duty worker rang the worker of two years ago before going out.",
        "The closing letter to the children was still on the fridge.",
        "The grandmother’s part in the safety plan was written down in her own words.",
    ),
}

WHAT_CHANGED = (
    "The plan names who does what by when, and the child was seen alone at every visit since.",
    "There is a chronology now, and supervision goes back to it. The child knows her worker.",
)
COMPLETION_NOTES = (
    "Done on the last visit; the note is on the file.",
    "Completed and discussed in supervision.",
    "The plan was rewritten with the family and shared with everyone.",
    "Report received and added to the record.",
)
