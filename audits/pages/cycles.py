"""What the pages of cycles have in common."""

from audits.enums import CycleStatus

TAGS = {
    CycleStatus.PLANNED: "grey",
    CycleStatus.OPEN: "blue",
    CycleStatus.CLOSED: "green",
    CycleStatus.PAUSED: "orange",
}
