"""The scheduler that runs by itself: APScheduler, its jobs kept in the database, so that a rest does not make it forget them.

What is due is decided by the plan and the issues (running.do_due), never by a job: a job only looks. So any number of
schedulers may run, and a job that fires twice, late or never does no harm.
"""

import logging
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.blocking import BlockingScheduler
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


def look(path: str) -> None:
    """What a job does: read the plan as it is now, and do what is due. A fault is told and does not end the scheduler."""
    try:
        for outcome in do_due(read_plan(path)):
            log.info("%s %s %s", outcome.status, " ".join(str(part) for part in outcome.key), outcome.reason or "")
    except GridgovError as error:
        log.warning("%s", error)


def scheduler(path: str, plan: Plan) -> BlockingScheduler:
    """A scheduler with a job for each series at its hour, and one that looks every few minutes."""
    zone = open_town(plan.town).about().time_zone
    store = SQLAlchemyJobStore(url=issues.address(), tablename="scheduler_job", tableschema="gridgov")
    made = BlockingScheduler(
        jobstores={"default": store}, executors={"default": ThreadPoolExecutor(1)}, timezone=zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )  # fmt: skip
    name = plan.town or "only"
    wanted: dict[str, Any] = {
        f"{name} {entry.name}": CronTrigger(hour=entry.at.hour, minute=entry.at.minute, timezone=zone)
        for entry in plan.briefing
    }
    wanted[f"{name} again"] = IntervalTrigger(minutes=LOOK_MIN, timezone=zone)
    for job_id, trigger in wanted.items():
        made.add_job(look, trigger, args=[path], id=job_id, replace_existing=True)
    return made


def run(path: str) -> None:
    """Do what is due now and whatever becomes due, until it is stopped. Raises SettingsError for a plan not to be followed."""
    plan = read_plan(path)
    look(path)
    scheduler(path, plan).start()
