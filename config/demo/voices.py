"""What invented workers, children, families, partners and moderators say."""

from audits.enums import FeedbackSource as Source
from audits.enums import Polarity

REFLECTIONS = {
    "done_well": (
        "I built a relationship with a family who had every reason not to trust us.",
        "I kept visiting when the door stayed shut, and it opened in the end.",
        "I found a way for the child to tell me things, with drawings and walks.",
        "I brought all the professionals to the same table and we agreed one plan.",
        "I was honest with the parents and I think they respected that.",
    ),
    "challenges": (
        "The case came to me from another team and the handover was one page.",
        "Time: I had two court deadlines in the same month.",
        "The father works away and it took weeks to reach him.",
        "Waiting lists for therapeutic support are long and the family lost heart.",
        "Keeping up with the recording while the situation changed every few days.",
    ),
    "tools": (
        "Yes, and the practice library is good. I would like training on the neglect tool.",
        "Mostly. A quiet room for direct work would help.",
        "I have the tools; I need time to use them.",
        "More support with adult mental health would help me, perhaps a consultation slot.",
        "Yes. Group supervision has been the best tool this year.",
    ),
    "differently": (
        "I would do the genogram with the family in the first week.",
        "I would bring the case to group supervision earlier.",
        "I would write to the child after each visit, as a colleague does.",
        "I would ask the school for a regular slot to see the child.",
        "I would set dates in the plan from the start.",
    ),
}

FEEDBACK = {
    (Source.CHILD, Polarity.STRENGTH): (
        "She listens and she remembers what I said last time.",
        "He comes when he says he will come.",
        "I like the cards with the faces. I can show how I feel.",
        "She helped me to see my sister more.",
    ),
    (Source.CHILD, Polarity.IMPROVEMENT): (
        "I have had three social workers and I have to start again each time.",
        "I did not know what the meeting was about.",
        "I want to be told things first, before everyone else knows.",
    ),
    (Source.PARENT, Polarity.STRENGTH): (
        "For the first time somebody explained what they were worried about.",
        "She was straight with us. We did not always like it, but it was fair.",
        "They helped us to get the boys into a routine and school is better now.",
    ),
    (Source.PARENT, Polarity.IMPROVEMENT): (
        "We got the report the evening before the meeting.",
        "I would have liked his dad to be asked too.",
        "It takes days before somebody rings back.",
    ),
    (Source.CARER, Polarity.STRENGTH): (
        "I feel part of the team around this child.",
        "The worker always lets us know when plans change.",
    ),
    (Source.CARER, Polarity.IMPROVEMENT): ("I was not told about the new contact arrangement until the same week.",),
    (Source.EDUCATION, Polarity.STRENGTH): (
        "Communication with the social worker is excellent and we know what the plan is.",
        "The core group is well run and we leave with clear tasks.",
    ),
    (Source.EDUCATION, Polarity.IMPROVEMENT): ("We were not told the outcome of our referral.",),
    (Source.HEALTH, Polarity.STRENGTH): ("The joint visits have made a real difference to this family.",),
    (Source.HEALTH, Polarity.IMPROVEMENT): ("Invitations to reviews come too late for us to attend.",),
    (Source.POLICE, Polarity.STRENGTH): ("The strategy discussion was prompt and the plan was clear.",),
}
SCALE_QUESTION = "Have we helped to make things better?"

LOWERED = (
    "The discussion showed that the evidence on the record is thinner than the worker’s own knowledge of the child.",
    "The descriptors for the higher grade ask for dates and outcomes, and the plan has neither.",
    "On reading the last case notes together we could not find the child’s view.",
    "The group agreed that supervision was recorded and was not reflective.",
)
RAISED = (
    "The worker showed direct work that had not been uploaded when the audit was written.",
    "The group agreed that the change for the child is evidenced in the school’s report.",
    "The review minutes arrived after the audit and answer the concern.",
)
DIFFERENCE_MADE = (
    "Yes: the child is in school every day and says that home is calmer.",
    "In part. The parents have changed their routine; the child’s worries about contact remain.",
    "Yes: the young person has a tenancy, an adviser and a plan for work.",
    "Not yet. The plan agreed today should make a difference by the next review.",
    "Yes: the child was moved to family and is settled.",
    "It is too early to say; the direct work began last month.",
)
DISCUSSION_STRENGTHS = (
    "The quality of the relationship between worker and child.",
    "A thoughtful, honest audit that the worker felt part of.",
    "Strong joint work with the school.",
    "Management oversight is visible and helpful.",
)
