// Playback: positions that were fetched once, moved in the browser. Between two positions of a track the way is straight.
(function () {
  "use strict";
  const none = () => window.dash_clientside.no_update;
  let last = 0; // when the last step was made, ms

  // Where a track is at second t; null where nothing is known. Times ascend.
  const place = function (track, t, step) {
    const times = track.t;
    let low = 0, high = times.length - 1;
    if (t < times[0] - 1 || t > times[high] + 1) return null;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle; else high = middle;
    }
    const gap = times[high] - times[low];
    if (gap > 1.5 * step) return Math.abs(t - times[low]) <= 1 ? [track.x[low], track.y[low]]
      : Math.abs(t - times[high]) <= 1 ? [track.x[high], track.y[high]] : null;
    const share = gap ? Math.min(Math.max((t - times[low]) / gap, 0), 1) : 0;
    return [track.x[low] + share * (track.x[high] - track.x[low]), track.y[low] + share * (track.y[high] - track.y[low])];
  };
  const places = (data, t) => data.tracks.map((track) => place(track, t, data.step)).filter((at) => at !== null);

  // The next second from t on at which somebody is anywhere: hours without anybody are passed over.
  const someone = function (data, t) {
    if (places(data, t).length) return t;
    let next = Infinity;
    for (const track of data.tracks) {
      const at = track.t.find((time) => time > t);
      if (at !== undefined && at < next) next = at;
    }
    return next === Infinity ? data.length : next;
  };

  window.dash_clientside = window.dash_clientside || {};
  const gridgov = (window.dash_clientside.gridgov = window.dash_clientside.gridgov || {});
  Object.assign(gridgov, {
    purpose: function (clicks, submits, words) {
      return words && words.trim() ? words.trim() : null;
    },
    // New positions: the slider as long as they last, at their begin, at rest.
    playable: function (data) {
      return [data ? Math.max(Math.ceil(data.length), 1) : 1, 0, true];
    },
    playing: function (clicks, rests, data) {
      last = performance.now();
      return data && clicks ? !rests : none();
    },
    onward: function (ticks, at, speed, data) {
      const now = performance.now(), passed = Math.min((now - last) / 1000, 0.5);
      last = now;
      if (!data) return none();
      const t = at + passed * Number(speed);
      return t >= data.length ? 0 : someone(data, t);
    },
    // Marks, clock and button for a moment.
    moment: function (at, rests, data, figure) {
      const points = data ? places(data, at) : [];
      gridgov.move("patrol-map", points);
      const clock = data ? new Date((data.begin + at) * 1000).toLocaleTimeString("en-GB", { timeZone: data.zone }) : "";
      return [clock, rests ? "▶" : "❚❚"];
    },
  });
})();
