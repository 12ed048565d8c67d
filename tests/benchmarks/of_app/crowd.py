"""Many analysts at once: each clicks every few seconds, the page's requests go out together as a browser sends them."""

import http.client
import random
import statistics
import threading
import time
from urllib.parse import urlsplit

from tests.benchmarks.of_app.answers import ask
from tests.benchmarks.of_app.served import Request, Served


def crowd(served: Served, requests: list[Request], queries: list[str], n: int, every_s: float, last_s: float) -> str:
    """The times of all answers, the errors, and the memory of the workers before, in the middle and after."""
    pages = sorted({request.page for request in requests})
    of = {page: [request for request in requests if request.page == page] for page in pages}
    taken: list[float] = []
    clicks: list[float] = []
    faults: list[str] = []
    until = time.monotonic() + last_s

    def analyst(seed: int) -> None:
        draw = random.Random(seed)
        connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=120)
        time.sleep(draw.random() * every_s)
        while (now := time.monotonic()) < until:
            page, query = draw.choice(pages), draw.choice(queries)
            connection.close()  # the server has closed what was idle; a browser opens another, as this does
            for request in of[page]:
                try:
                    seconds, status, _ = ask(connection, request, query)
                    taken.append(1000 * seconds)
                    if status not in (200, 204):
                        faults.append(f"{status} {request.output}")
                except OSError as error:
                    faults.append(type(error).__name__)
                    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=120)
            clicks.append(1000 * (time.monotonic() - now))
            time.sleep(max(0.0, every_s - (time.monotonic() - now)))

    held = [served.memory()]
    analysts = [threading.Thread(target=analyst, args=(seed,)) for seed in range(n)]
    for each in analysts:
        each.start()
    while any(each.is_alive() for each in analysts):
        time.sleep(min(15.0, last_s / 4))
        held.append(served.memory())
    for each in analysts:
        each.join()
    p = statistics.quantiles(taken, n=100)
    whole = statistics.quantiles(clicks, n=20)
    memory = " ".join(f"{value / 1e6:.0f}" for value in held)
    return (
        f"{n} analysts, a click every {every_s:.0f} s for {last_s:.0f} s: {len(clicks):,} clicks, {len(taken):,} answers, "
        f"{len(faults)} errors {sorted(set(faults))[:5]}\n"
        f"an answer: p50 {p[49]:.0f}, p95 {p[94]:.0f}, p99 {p[98]:.0f}, worst {max(taken):.0f} ms\n"
        f"a click with all its answers one after the other: p50 {whole[9]:.0f}, p95 {whole[18]:.0f} ms\n"
        f"memory of the workers, MB: {memory}"
    )
