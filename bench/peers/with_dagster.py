"""Dagster: a dynamic output for each unit that is due, mapped over one op, in one process."""

import os

from job import Hand, Units, asked, measure

HERE = asked()
os.environ |= {"DAGSTER_HOME": str(HERE.folder), "DAGSTER_DISABLE_TELEMETRY": "1"}

from dagster import Config, DagsterInstance, DynamicOut, DynamicOutput, job, op

hand, units = Hand(HERE.sink), Units(HERE)


class Moment(Config):
    """The moment at which to remind."""

    at: str


@op(out=DynamicOut())
def due(config: Moment):
    """Give each unit that is due, with the moment."""
    for unit in units.due(config.at):
        yield DynamicOutput((unit, config.at), mapping_key=str(unit))


@op
def one(told: tuple[int, str]) -> None:
    """Remind one unit."""
    hand(*told)


@job
def remind() -> None:
    """Remind all that are due."""
    due().map(one)


def run(moment: str) -> None:
    """Run the job in this process, recorded in the instance's own store."""
    config = {
        "ops": {"due": {"config": {"at": moment}}},
        "loggers": {"console": {"config": {"log_level": "ERROR"}}},
    }
    assert remind.execute_in_process(run_config=config, instance=instance).success


(HERE.folder / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
with DagsterInstance.get() as instance:
    measure(min(HERE.most, HERE.units), run, units.carry_on)
