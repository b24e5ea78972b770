"""A person at a browser, without the browser: keeps cookies, signs in, sends forms, and takes the time of each page."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

Fields = Sequence[tuple[str, str]]
SELDOM = 5
TOKEN = re.compile(r'name="?csrfmiddlewaretoken"?[^>]*? value="?([^"\s>]+)')


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    location: str
    seconds: float


@dataclass
class Visitor:
    """`headers` go with every request, such as what a proxy in front of the program adds."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Fields, token: str = "", **headers: str) -> Answer:
        """Send a form; `token` is the one of its page, by default the one in the cookie."""
        named = token or next((value for name, value in self.cookies.items() if "csrf" in name), "")
        body = urlencode([*map(tuple, fields), ("csrfmiddlewaretoken", named)])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, {**form, **{name.replace("_", "-"): v for name, v in headers.items()}})

    def sign_in(self, path: str, fields: Fields) -> None:
        token = token_of(self.get(path))
        answer = self.post(path, fields, token)
        if answer.status != 302:
            raise RuntimeError(f"Nobody could sign in at {path}: {answer.status}\n{answer.body[:2000]}")

    def _ask(self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**self.headers, **(more or {}), "Cookie": cookies}
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        seconds = time.perf_counter() - began
        connection.close()
        self._keep_cookies(response)
        location = urlsplit(response.headers.get("Location", ""))
        return Answer(response.status, text, f"{location.path}?{location.query}".rstrip("?"), seconds)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}


def token_of(page: Answer) -> str:
    found = TOKEN.search(page.body)
    if not found:
        raise RuntimeError(f"There is no form on the page ({page.status}):\n{page.body[:2000]}")
    return found[1]


@dataclass(frozen=True)
class Times:
    """Seconds of several requests for the same thing."""

    seconds: list[float]

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1]


@dataclass(frozen=True)
class Visit:
    """Something to ask for over and over: `ask` is called with the number of the round."""

    name: str
    ask: Callable[[int], Answer]
    status: int = 200

    def times(self, rounds: int, beside: "Visit | None" = None) -> tuple[Times, Times]:
        """Its times, and those of `beside`, asked for in turns with it, once in `SELDOM` rounds: whatever else the
        machine does slows both. Four rounds before are not counted, so that both workers are warm."""
        own, others = [], []
        for number in range(-4, rounds):
            seconds = self._answer(number).seconds
            if number >= 0:
                own.append(seconds)
            if beside and (number < 0 or number % SELDOM == 0):
                seconds = beside._answer(number).seconds
                if number >= 0:
                    others.append(seconds)
        return Times(own), Times(others)

    def _answer(self, number: int) -> Answer:
        answer = self.ask(number)
        if answer.status != self.status:
            raise RuntimeError(f"{self.name} answered {answer.status}, to {answer.location}\n{answer.body[:3000]}")
        return answer
