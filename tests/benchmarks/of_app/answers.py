"""How long the server takes: the requests of every page, asked again for addresses nobody has looked at yet."""

import http.client
import random
import statistics
import time
from collections import defaultdict
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

import gridgov as gg
from tests.benchmarks.of_app.served import Request

JSON = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}


def addresses(town: str, n: int, seed: int = 1) -> list[str]:
    """Queries as analysts make them: drill-downs, filters, periods and days, no two the same."""
    asked, draw = gg.open(town), random.Random(seed)
    tree = asked.ask("hierarchy")
    scopes = [None, *tree.frame["grid_code"].tolist()[1:]]
    last = date.fromisoformat(tree.as_of[:10])
    values = {
        name: [v for v in asked.ask("backlog", by=name).frame.iloc[:, 0].tolist() if isinstance(v, str)]
        for name in ("unit", "category", "channel")
    }
    found: dict[str, None] = {}
    while len(found) < n:
        pairs = [
            ("town", town),
            ("as_of", str(last - timedelta(draw.randrange(200)))),
            ("lang", draw.choice(("zh", "en"))),
        ]
        if scope := draw.choice(scopes):
            pairs.append(("scope", scope))
        if draw.random() < 0.5:
            name = draw.choice(list(values))
            pairs.append((name, draw.choice(values[name])))
        if draw.random() < 0.3:
            pairs.append(("period", draw.choice(("week", "quarter"))))
        if draw.random() < 0.3:
            pairs.append(("compare", "previous"))
        found["?" + urlencode(pairs)] = None
    return list(found)


def ask(connection: http.client.HTTPConnection, request: Request, query: str) -> tuple[float, int, int]:
    """Seconds, status and bytes of one answer."""
    began = time.perf_counter()
    connection.request("POST", request.path, request.at(query), JSON)
    response = connection.getresponse()
    size = len(response.read())
    return time.perf_counter() - began, response.status, size


def measure(address: str, requests: list[Request], queries: list[str]) -> dict[str, list[float]]:
    """Milliseconds by page and output, each query asked once, so that nothing is remembered but what pages share."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    taken: dict[str, list[float]] = defaultdict(list)
    for query in queries:
        for request in requests:
            seconds, status, _ = ask(connection, request, query)
            if status not in (200, 204):
                raise SystemExit(f"{request.output} of {request.page} answers {status} at {query}.")
            taken[f"{request.page}  {request.output}"].append(1000 * seconds)
    connection.close()
    return taken


def told(taken: dict[str, list[float]], target_ms: float) -> str:
    """A line a callback that is slower than the target, and all together."""
    every = [ms for times in taken.values() for ms in times]
    lines = [f"{'p50':>8} {'p95':>8} {'worst':>8}  ms, {len(every):,} answers", _line(every, "all")]
    slow = {name: times for name, times in taken.items() if _p95(times) > target_ms}
    lines += [_line(times, name[:100]) for name, times in sorted(slow.items(), key=lambda pair: -_p95(pair[1]))]
    return "\n".join(lines)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _line(times: list[float], name: str) -> str:
    return f"{statistics.median(times):8.0f} {_p95(times):8.0f} {max(times):8.0f}  {name}"
