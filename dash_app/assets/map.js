// Maps: the view that fits, and the one place that touches the map object inside a Plotly figure (private, Plotly is pinned).
(function () {
  "use strict";
  const moving = {}; // the marks each map shows now
  // A map that has drawn its last tile between two frames may keep an old picture; so it is asked to paint again.
  const settle = function (id) {
    [300, 900, 2000].forEach((wait) => setTimeout(function () {
      const plot = document.querySelector("#" + id + " .js-plotly-plot");
      const subplot = plot && plot._fullLayout && plot._fullLayout.map && plot._fullLayout.map._subplot;
      if (subplot && subplot.map) subplot.map.triggerRepaint();
    }, wait));
  };

  // Plotly goes on with the last step of a figure whose page has been left meanwhile, and stumbles; nobody is harmed.
  window.addEventListener("unhandledrejection", function (event) {
    if (/reading '_rangeSliderData'/.test(event.reason && event.reason.message)) event.preventDefault();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
    // Marks that move, put into the map's own source for them: the figure is not drawn anew. Tried again until it is there.
    move: function (id, points, tries) {
      moving[id] = points;
      const plot = document.querySelector("#" + id + " .js-plotly-plot");
      const subplot = plot && plot._fullLayout && plot._fullLayout.map && plot._fullLayout.map._subplot;
      const source = subplot && subplot.map && subplot.map.getStyle() && subplot.map.getSource("moving");
      if (source) {
        const order = subplot.map.getLayersOrder();
        if (order[order.length - 1] !== "moving") subplot.map.moveLayer("moving"); // Plotly puts its traces on top
        source.setData({ type: "MultiPoint", coordinates: points });
      } else if (points.length && (tries || 0) < 40) {
        setTimeout(() => moving[id] === points && window.dash_clientside.gridgov.move(id, points, (tries || 0) + 1), 100);
      }
    },
    // Centre and zoom of a map, so that its bounds fit the place it has; the legend at the bottom stays clear.
    fit: function (figure, id) {
      if (!figure) return window.dash_clientside.no_update;
      settle(id);
      const bounds = figure.layout.meta && figure.layout.meta.bounds;
      const place = document.getElementById(id);
      if (!bounds || !place || !place.clientWidth) return figure;
      const [west, south, east, north] = bounds;
      const y = (lat) => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
      const wide = Math.max((east - west) / 360, 1e-9), high = Math.max(y(south) - y(north), 1e-9);
      const side = 20, top = 16, bottom = 60;
      const scale = Math.min((place.clientWidth - 2 * side) / wide, (place.clientHeight - top - bottom) / high);
      const middle = (y(south) + y(north)) / 2 + (bottom - top) / 2 / scale;
      const centre = { lon: (west + east) / 2, lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * middle))) * 180) / Math.PI };
      const map = Object.assign({}, figure.layout.map, { center: centre, zoom: Math.min(Math.log2(scale / 512), 17) });
      return Object.assign({}, figure, { layout: Object.assign({}, figure.layout, { map: map }) });
    },
  });
})();
