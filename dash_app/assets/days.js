// The time machine: the days were fetched once; here one of them is put on the map, into the lights and into the list.
(function () {
  "use strict";
  const REST_MS = 500; // a slider that is let go and has not moved for so long rests
  const none = () => window.dash_clientside.no_update;
  const DAY_MS = 100; // a day while it plays
  let begun = 0; // when the day that is shown began
  let days = null; // what was fetched
  let address = null; // where from
  let rest = 0;
  let isPainted = false; // the map shows another day than its figure was made of
  let isMoving = false; // it has moved and does not rest yet
  let stands = 0; // the day that the slider was last seen or put at
  let put = 0; // the day that the page has put it at; where it stands elsewhere, a reader moved it
  let bar = null; // the slider's bar: a page that is come back to has another
  let isHeld = false; // a pointer is down on the bar: the slider may be on its way
  document.addEventListener("pointerdown", (event) => { isHeld = !!event.target.closest("#days-bar"); }, true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { isHeld = false; }, true);

  // Nothing that a reader did to the bar of an earlier page is meant for this one.
  const meet = function (at) {
    const now = document.getElementById("days-bar");
    if (now === bar) return;
    clearTimeout(rest);
    bar = now;
    isMoving = isHeld = isPainted = false;
    stands = put = at;
  };

  // The day becomes that of the address, once the slider rests.
  const settle = function (day) {
    clearTimeout(rest);
    isMoving = true;
    rest = setTimeout(function () {
      if (!bar.isConnected) return;
      if (isHeld) return settle(day);
      isMoving = false;
      window.dash_clientside.set_props("days-chosen", { data: day });
    }, REST_MS);
  };
  window.dash_clientside = window.dash_clientside || {};
  const gridgov = (window.dash_clientside.gridgov = window.dash_clientside.gridgov || {});

  const colours = (at) => days.classes && days.classes[at].map((k) => days.colours[k]);
  const words = (at) => days.codes.map((code, k) =>
    Object.keys(days.said).map((name) => days.said[name] + ": " + days.grids[name][at][k]).join("<br>") + "<br>" + days.days[at]);

  // The colours of a day on the map; false while its figure is not there.
  const paint = (map, at) => !days.classes || gridgov.recolour(map, days.codes, colours(at), words(at));

  const lights = function (at, lang) {
    const day = days.days[at];
    const weekday = new Date(day + "T12:00Z").toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" });
    const put = (id, said) => { const place = document.getElementById("days-lights-" + id); if (place) place.textContent = said; };
    put("day", day + " " + weekday);
    for (const name of Object.keys(days.lights)) put(name, days.lights[name][at].toLocaleString("en-US"));
  };

  const top = (at) => days.top[at].map((k) => ({
    id: days.codes[k], name: days.names[k], n_open: days.grids.n_open[at][k], n_overdue: days.grids.n_overdue[at][k],
  }));

  Object.assign(gridgov, {
    // All days, when they are other ones than before; the slider stands on the day looked at, at rest.
    fetchDays: async function (data, at) {
      meet(at);
      if (!data) { days = address = null; stands = put = 0; return [1, 0, true]; }
      if (data.address !== address) {
        const answer = await fetch(data.address);
        if (!answer.ok) return [none(), none(), true];
        days = await answer.json();
        address = data.address;
      }
      // What the page says of a day that the slider has left meanwhile does not call it back.
      if (isMoving || isHeld || at !== stands) return [none(), none(), none()];
      stands = put = Math.min(data.at, data.n - 1);
      return [data.n - 1, stands, none()];
    },
    // Play and rest; at the last day it begins anew.
    playDays: function (clicks, rests, at, last) {
      begun = performance.now();
      return clicks ? [!rests, rests && at >= last ? 0 : none()] : [none(), none()];
    },
    // The day whose turn it is: a machine that is slow leaves days out rather than taking longer.
    nextDay: function (ticks, at, last) {
      if (at >= last) return [none(), true];
      const now = performance.now(), passed = Math.max(1, Math.round((now - begun) / DAY_MS));
      begun = now;
      return [Math.min(at + passed, last), none()];
    },
    // A day on the screen. When the slider rests there, the address says so.
    showDay: function (at, last, rests, places, data, map) {
      meet(at);
      clearTimeout(rest);
      stands = at;
      isMoving = !rests;
      if (!days || !data || at >= days.days.length) return [none(), rests ? "▶" : "❚❚"];
      if (isPainted || at !== data.at) isPainted = paint(map, at) && at !== data.at;
      setTimeout(() => lights(at, data.lang));
      if (rests && at !== put && at !== Math.min(data.at, last)) settle(days.days[at]);
      return [top(at), rests ? "▶" : "❚❚"];
    },
  });
})();
