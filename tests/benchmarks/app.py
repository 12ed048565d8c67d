"""How fast the app is: `make bench WHAT=app ARGS="--only answers,browser,crowd --analysts 50 --seconds 300"`.

Serves the town in the current database (GRIDGOV_HOME; --town where there are several) with two workers and an empty cache.

answers  the requests that every page sends, asked again one after the other at addresses nobody has looked at yet
browser  Chromium with software GL: until the first map is drawn, beside a bare Plotly page with the same map; from a click
         until the page has changed; steps of the time machine and of the playback a second; what the first visit weighs
crowd    many analysts at once, each clicking every three seconds
"""

import argparse

import gridgov as gg
from tests.benchmarks.of_app import answers, browser, crowd
from tests.benchmarks.of_app.served import browsing, recorded, serving


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--town", help="which town; without it the only one")
    parser.add_argument("--only", default="answers,browser,crowd")
    parser.add_argument("--queries", type=int, default=40, help="addresses that are asked for")
    parser.add_argument("--target", type=float, default=200.0, help="milliseconds a callback may take at p95")
    parser.add_argument("--analysts", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    given = parser.parse_args()
    town = gg.open(given.town).code
    with serving() as served, browsing() as chromium:
        requests = recorded(chromium, served.address, f"?town={town}&lang=zh")
        print(f"{town}: {len(requests)} requests on {len({r.page for r in requests})} pages", flush=True)
        if "answers" in given.only:
            taken = answers.measure(served.address, requests, answers.addresses(town, given.queries))
            print(answers.told(taken, given.target), flush=True)
        if "browser" in given.only:
            print(browser.measure(chromium, served.address, town), flush=True)
        if "crowd" in given.only:
            queries = answers.addresses(town, 400, seed=2)
            print(crowd.crowd(served, requests, queries, given.analysts, 3.0, given.seconds), flush=True)


if __name__ == "__main__":
    main()
