"""A call as sound, for boards whose browser has no voice of the language."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.devices.voice.sentence import NUMBER, sentence
from qms.devices.voice.speaker import Speaker
from qms.queue.rules.state import Queue
from qms.web.catalogue import LANGUAGES
from qms.web.edge import Call, json_route, lack
from qms.web.problems import Problem

WAV = "audio/wav"


def routes(speaker: Speaker) -> list[BaseRoute]:
    """The route, about one voice."""

    async def say(call: Call, _body: None) -> Response:
        if not call.principal.may_anywhere("view.board"):  # a board may show other halls than its own
            raise Problem(lack(call.principal))
        call.slow_down("speech")
        language, query = call.param("language"), call.request.query_params
        number, again = query.get("number", ""), query.get("again", "")
        if not NUMBER.fullmatch(number):
            raise Problem("invalid", {"field": "number"})
        if again not in ("", "0", "1"):
            raise Problem("invalid", {"field": "again"})
        state: Queue | None = call.site.writer.state(call.param("hall"))
        counter = state.setup.counter(query.get("counter", "")) if state is not None else None
        if counter is None:
            raise Problem("unknown_counter")
        if language not in LANGUAGES:
            raise Problem("no_voice")
        sound = await speaker.sound(language, sentence(language, number, counter, again=again == "1"))
        if sound is None:
            raise Problem("no_voice")
        return Response(sound, headers={"Cache-Control": "private, max-age=3600"}, media_type=WAV)

    return [
        json_route(
            "GET",
            "/api/v1/halls/{hall}/speech/{language}",
            say,
            kind=WAV,
            query={"number": "string", "counter": "string", "again": "string"},
            summary="A call as sound (WAV): what boards say that have no voice of the language",
            refusals=("no_voice", "unknown_counter"),
        )
    ]
