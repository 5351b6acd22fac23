"""When a brief is due, and the timers that ask: systemd user timers, or a block of lines in the crontab.

There is no daemon. A timer calls `briefs run --due`, and what is due is computed from the schedule, the time that is passed
in, and what was made before: so a call too many makes nothing, and a call that was missed is made up for by the next.
"""

from briefs.schedule.crontab import Crontab
from briefs.schedule.parse import Schedule, parse_schedule
from briefs.schedule.slots import Due, Slot, due, format_edition, passed, slots
from briefs.schedule.systemd import Systemd
from briefs.schedule.timers import Job, job_name, plan_job

__all__ = [
    "Crontab",
    "Due",
    "Job",
    "Schedule",
    "Slot",
    "Systemd",
    "due",
    "format_edition",
    "job_name",
    "parse_schedule",
    "passed",
    "plan_job",
    "slots",
]
