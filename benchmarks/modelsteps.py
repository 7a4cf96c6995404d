"""Every order of work against the plain model of the tests, counted."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from test_store_model import Handover

STEPS_EACH = 50


def steps_without_difference(wanted: int, chance: int) -> int:
    """How many steps agree with the model; 0 where one differs."""
    count = 0

    class Counted(Handover):
        """The machine, with its steps counted."""

        @invariant()
        def step(self) -> None:
            nonlocal count
            count += 1

    how = settings(
        max_examples=-(-wanted // STEPS_EACH) * 2,
        stateful_step_count=STEPS_EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(chance)(Counted), settings=how)
    except AssertionError as difference:
        print(f"The model differs: {difference}")
        return 0
    return count
