// The wall: one view at a time for a minute each; space rests, arrows go on; a new red case comes first for half a minute.
(function () {
  "use strict";
  const VIEWS = 3, EACH_MS = 60000, ALARM_MS = 30000, LOST_MS = 150000;
  let view = null, since = 0, paused = false; // what is shown, since when
  let alarm = null, alarmUntil = 0; // the number of the last alarm, and until when it is shown
  let beat = null, heard = 0; // the last beat of the server, and when it was heard

  const begin = function () {
    const asked = Number(new URLSearchParams(location.search).get("view"));
    view = asked >= 1 && asked <= VIEWS ? asked : 1;
    since = heard = Date.now();
  };
  const go = function (by) {
    view = ((view - 1 + by + VIEWS) % VIEWS) + 1;
    since = Date.now();
    alarmUntil = 0;
  };
  const look = function () {
    const now = Date.now();
    if (alarmUntil > now) since = now; // the view that was interrupted has its minute again
    else if (!paused && now - since >= EACH_MS) go(1);
    const marks = [paused && "paused", alarmUntil > now && "alarm", now - heard > LOST_MS && "lost"].filter(Boolean);
    return ["wall", "view-" + view].concat(marks).join(" ");
  };
  const there = () => document.getElementById("wall");

  document.addEventListener("keydown", function (event) {
    if (!there() || view === null) return;
    if (event.key === " ") paused = !paused;
    else if (event.key === "ArrowRight" || event.key === "ArrowDown") go(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") go(-1);
    else return;
    event.preventDefault();
    there().className = look();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
    wall: function (tick, seen, said) {
      if (view === null || !tick) begin();
      if (said !== undefined && said !== beat) { beat = said; heard = Date.now(); }
      const number = seen ? seen.alarm : 0;
      if (alarm !== null && number > alarm) alarmUntil = Date.now() + ALARM_MS;
      if (seen) alarm = number;
      return look();
    },
  });
})();
