"""The interface against its own document: whatever is sent, by whomever, the answer is one that it names."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.app.make import House, served
from tests.cli.make import read

pytestmark = pytest.mark.slow
EXAMPLES = 50
"""Of each operation, by each role."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
WHO = ("anonymous", "kiosk", "clerk", "supervisor", "admin")
LAST = "/api/v1/session"
"""Ends the session of whoever asks, so it comes last."""
PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("data")) as house:
        yield house


def document(house: House) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(f"{house.base}/api/v1/openapi.json")[1])
    return found


def meet(case: Any) -> None:
    """Let every second sound case concern the hall and a counter that are there."""
    sound = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if sound and case.path_parameters and len(str(case.body)) % 2 == 0:
        real = {"hall": "ratusz", "counter": "ratusz.1"}
        for name in case.path_parameters.keys() & real.keys():
            case.path_parameters[name] = real[name]


@pytest.mark.parametrize("who", WHO)
def test_every_operation_answers_as_its_document_says(house: House, who: str) -> None:
    schema = schemathesis.openapi.from_dict(document(house))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    operations.sort(key=lambda operation: operation.path == LAST)
    assert len(operations) > 30
    for operation in operations:

        def probe(case: Any) -> None:
            meet(case)
            case.call_and_validate(base_url=house.base, headers=house.headers[who], checks=CHECKS)

        given(case=operation.as_strategy())(PROFILE(probe))()


def test_a_random_way_through_the_interface_meets_no_fault(house: House) -> None:
    schema = schemathesis.openapi.from_dict(document(house))

    class Way(schema.as_state_machine()):  # type: ignore[misc]
        """A supervisor who does one thing after the other with what the last one gave."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            meet(case)
            own = {} if case.operation.path == LAST else house.headers["supervisor"]
            return {"base_url": house.base, "headers": own}

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            case.validate_response(response, checks=CHECKS[:-1])

    profile = settings(PROFILE, max_examples=30, stateful_step_count=25)
    Way.run(settings=profile)
