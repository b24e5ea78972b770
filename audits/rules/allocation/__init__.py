"""Who audits which case this cycle: the draw.

facts.py         what a draw is told: cases, auditors, line management, the rules with their numbers
reasons.py       the rules by name, with the sentence that explains each
eligibility.py   the rules about a case alone, or an auditor alone
columns.py       the cases as columns: one array a fact, one place in it a case
population.py    the eligible cases as such columns, and what stands beside them
independence.py  the rules between an auditor and a case
margins.py       each value's share of the draw, and each cohort's quota
crowding.py      whether there are places for so many cases of each team
chances.py       each case's chance: equal, or as nearly so as the rules allow
thinning.py      so few candidates of a family or worker that their limits refuse nobody
sampling.py      the balanced random sample
seating.py       whether the sample can be given to the auditors at all
selection.py     draw, seat, draw again, exchange: the cases of the cycle
exact.py         where chance does not fill every place or meet every share: the proven best
spans.py         "everybody but a few" in few arcs
wishes.py        what a pair gives up of the soft rules, and what that costs
flow.py          the cheapest flow through a network
by_area.py       the cheapest seats by areas and loads alone
mixing.py        chance decides among equals
assignment.py    the auditor of each drawn case: the least is given up
draw.py          all of it in order
outcomes.py      what became of each re-audit and of each quota
candidates.py    who could audit one case that was not drawn
replacement.py   another case for one place of a cycle that has been drawn
seeds.py         the seed of what is drawn after a draw
result.py        what comes back; unfilled.py: why a place stayed empty
"""

from audits.rules.allocation.draw import draw
from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Authority, CaseFacts, Months
from audits.rules.allocation.result import DrawResult

__all__ = ["AllocationRules", "AuditorFacts", "Authority", "CaseFacts", "DrawResult", "Months", "draw"]
