"""The scheduler that runs by itself: APScheduler, its jobs kept in the database, so that a rest does not make it forget them.

What is due is decided by the plan and the issues (running.do_due), never by a job: a job only looks. So any number of
schedulers may run, and a job that fires twice, late or never does no harm.
"""

import logging
from pathlib import Path
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from gridgov.errors import GridgovError
from gridgov.questions import open_town
from gridgov.scheduling.plan import Plan, read_plan
from gridgov.scheduling.running import do_due
from gridgov.store import issues

log = logging.getLogger(__name__)
LOOK_MIN = 10
"""Minutes after which it is looked again: for what is held, and for what has been signed meanwhile."""
_LONGEST_ID: Final = 191
"""Characters that the job store keeps of a job's id, here the place of its plan."""


def look(path: str) -> None:
    """What a job does: read the plan as it is now, and do what is due. A fault is told and does not end the scheduler."""
    try:
        for outcome in do_due(read_plan(path)):
            log.info("%s %s %s", outcome.status, " ".join(str(part) for part in outcome.key), outcome.reason or "")
    except GridgovError as error:
        log.warning("%s", error)


def scheduler(path: str, plan: Plan) -> BlockingScheduler:
    """A scheduler with one job for the plan: it looks at the hours of its series, and every few minutes."""
    zone = open_town(plan.town).about().time_zone
    store = SQLAlchemyJobStore(url=issues.address(), tablename="scheduler_job", tableschema="gridgov")
    made = BlockingScheduler(
        jobstores={"default": store}, executors={"default": ThreadPoolExecutor(1)}, timezone=zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )  # fmt: skip
    hours = [CronTrigger(hour=at.hour, minute=at.minute, timezone=zone) for at in {entry.at for entry in plan.briefing}]
    trigger = OrTrigger([*hours, IntervalTrigger(minutes=LOOK_MIN, timezone=zone)])
    made.add_job(look, trigger, args=[path], id=path[-_LONGEST_ID:], replace_existing=True)
    return made


def run(path: str) -> None:
    """Do what is due now and whatever becomes due, until it is stopped. Raises SettingsError for a plan not to be followed."""
    plan = read_plan(path)
    path = str(Path(path).resolve()) if Path(path).is_file() else path  # the job may be taken up from another folder
    look(path)
    scheduler(path, plan).start()
