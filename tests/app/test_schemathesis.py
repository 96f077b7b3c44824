"""The interface against its own document: whatever is sent, by whomever, the answer is one that it names."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.app.make import House, served
from tests.app.stock import Stock
from tests.app.test_who_may import MAY
from tests.cli.make import read

pytestmark = pytest.mark.slow
EXAMPLES = 30
"""Of each operation, by each role."""


def names_its_code(_ctx: Any, response: Any, case: Any) -> None:
    """A refusal bears a code that the document names under its status."""
    if response.status_code >= 400:
        written = case.operation.definition.raw["responses"][str(response.status_code)]["description"]
        code = json.loads(response.content)["code"]
        assert code in written.removeprefix("Code ").split(", "), f"{code} is not named"


ALWAYS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    names_its_code,
]
CHECKS = [*ALWAYS, negative_data_rejection, ignored_auth]
"""The last two judge a request by itself, not what came before it."""
WHO = ("anonymous", "kiosk", "clerk", "supervisor", "admin")
IN, OUT, PASSWORD = "POST /api/v1/session", "DELETE /api/v1/session", "POST /api/v1/password"
"""What ends sessions of whoever asks, so these are done with an account to spare."""
PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
WAYS = 4
"""Random ways begin anew so often."""


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    more = {"push": True, "push_contact": "mailto:it@town.example"}
    with served(tmp_path_factory.mktemp("data"), **more) as house:
        yield house


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """One connection, which keeps no cookies: who asks is said by each request."""
    with requests.Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


def document(house: House) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(f"{house.base}/api/v1/openapi.json")[1])
    return found


def is_sound(case: Any) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def credentials(headers: dict[str, str]) -> dict[str, Any]:
    """Somebody's headers as schemathesis has them: it takes cookies apart from the rest."""
    rest = {name: value for name, value in headers.items() if name != "Cookie"}
    name, _, value = headers.get("Cookie", "").partition("=")
    return {"headers": rest, "cookies": {name: value} if name else {}}


@pytest.mark.parametrize("who", WHO)
def test_every_operation_answers_as_its_document_says(
    house: House, session: requests.Session, who: str
) -> None:
    """Every second sound request concerns what is really there, so what one may do succeeds, and only that."""
    schema = schemathesis.openapi.from_dict(document(house))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 30
    stock, turns, done = Stock(house, who), count(), Counter[str]()
    # A session that was made up, beside a device's good token, is taken for the reason of the answer.
    checks = [check for check in CHECKS if who != "kiosk" or check is not ignored_auth]

    @PROFILE
    def probe(case: Any) -> None:
        label, own = case.operation.label, house.headers[who]
        if stock.staff and label == OUT:
            own = stock.session()
        if is_sound(case) and next(turns) % 2 == 0:
            stock.fill(label, case.path_parameters or {}, case.body)
            if label.endswith(("/slots", "/first-free")):
                case.query = {"service": "id-card"}
            if "/speech/" in label:
                case.query, case.path_parameters["language"] = {"number": "A012", "counter": "1"}, "pl"
            if stock.staff and label in (IN, PASSWORD):
                own = stock.session()
                case.body |= stock.change() if label == PASSWORD else {}
        answer = case.call_and_validate(
            base_url=house.base, session=session, checks=checks, **credentials(own)
        )
        done[label] += answer.status_code < 300

    for operation in operations:
        given(case=operation.as_strategy())(probe)()
    labels = {operation.label for operation in operations}
    assert {label for label in labels if done[label]} == {label for label in labels if who in MAY[label]}


def test_a_random_way_through_the_interface_meets_no_fault(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What an answer links to is done with what that answer gave; each way begins in a house of its own."""
    schema = schemathesis.openapi.from_dict(document(house))
    done = Counter[str]()

    class Way(schema.as_state_machine()):  # type: ignore[misc]
        """An administrator who does one thing after the other."""

        def setup(self) -> None:
            self.world = ExitStack()
            self.house = self.world.enter_context(served(tmp_path_factory.mktemp("way")))
            self.stock = Stock(self.house, "admin")
            for _ in range(3):
                self.stock.ticket()
            self.stock.act("open")

        def teardown(self) -> None:
            self.world.close()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            if is_sound(case):
                self.stock.settle(case.path_parameters or {}, case.body)
            own = {} if case.operation.label == OUT else self.house.headers["admin"]
            return {"base_url": self.house.base, **credentials(own)}

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            done[case.operation.label] += response.status_code < 300
            case.validate_response(response, checks=ALWAYS)

    for number in range(WAYS):
        # Ids and tokens are chance, so one way may go on otherwise than another that began like it: Hypothesis
        # then gives the rest of them up. Faults are told apart from that.
        with suppress(FlakyStrategyDefinition):
            seed(number)(Way).run(
                settings=settings(PROFILE, max_examples=12 // WAYS, stateful_step_count=35)
            )
    # Which ways are gone is chance, so no single act is asked for: but the counter was reached.
    assert done["POST /api/v1/halls/{hall}/tickets"]
    assert any(count for label, count in done.items() if "/counters/" in label), done
