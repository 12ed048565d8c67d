// Maps: the view that fits, and the one place that touches the map object inside a Plotly figure (private, Plotly is pinned).
(function () {
  "use strict";
  const moving = {}; // the marks each map shows now
  // A map that has drawn the last of its data between two frames may keep an old picture; so it is asked to paint again
  // when nothing more has come for a moment. Until the map is there it is looked for, however slow the machine.
  const settle = function (id, tries) {
    const plot = document.querySelector("#" + id + " .js-plotly-plot");
    const subplot = plot && plot._fullLayout && plot._fullLayout.map && plot._fullLayout.map._subplot;
    const map = subplot && subplot.map;
    if (!map && (tries || 0) < 100) setTimeout(() => settle(id, (tries || 0) + 1), 300);
    if (!map || map.gridgovSettles) return;
    map.gridgovSettles = true;
    let later = null;
    const paint = () => map.triggerRepaint();
    map.on("sourcedata", function () {
      clearTimeout(later);
      later = setTimeout(paint, 250);
    });
    [300, 2000].forEach((wait) => setTimeout(paint, wait));
  };

  // Addresses of tiles that begin with the path are completed with where the page is from: who loads tiles is a worker.
  const complete = function (figure) {
    const style = figure.layout.map && figure.layout.map.style;
    if (!style || !style.sources) return figure;
    const sources = {};
    for (const [name, source] of Object.entries(style.sources)) {
      const tiles = source.tiles && source.tiles.map((address) => (address.startsWith("/") ? location.origin + address : address));
      sources[name] = tiles ? Object.assign({}, source, { tiles: tiles }) : source;
    }
    const map = Object.assign({}, figure.layout.map, { style: Object.assign({}, style, { sources: sources }) });
    return Object.assign({}, figure, { layout: Object.assign({}, figure.layout, { map: map }) });
  };

  // Plotly goes on with the last step of a figure whose page has been left meanwhile, and stumbles; nobody is harmed.
  window.addEventListener("unhandledrejection", function (event) {
    if (/reading '_rangeSliderData'/.test(event.reason && event.reason.message)) event.preventDefault();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
    // Other colours and words for the grids of a map, as states of its features: no figure is drawn anew and no data cut into
    // tiles again, so that a day is one repaint. False while there is no map.
    recolour: function (id, codes, colours, words) {
      const plot = document.querySelector("#" + id + " .js-plotly-plot");
      const subplot = plot && plot._fullLayout && plot._fullLayout.map && plot._fullLayout.map._subplot;
      const trace = plot && plot._fullData && plot._fullData[0];
      const drawn = subplot && subplot.map && trace && subplot.traceHash[trace.uid];
      const source = drawn && subplot.map.getStyle() && subplot.map.getSource(drawn.sourceId);
      if (!source) return false;
      const map = subplot.map, grids = plot.calcdata[0], layer = drawn.layerList[0][1];
      if (source.gridgovGrids !== grids) { // Plotly has drawn its figure: the features are given ids that may be any text
        const features = grids.filter((grid) => grid.fOut).map((grid) => grid.fOut);
        for (const grid of grids) if (grid.fOut) grid.fOut.properties.code = grid.loc;
        source.promoteId = "code";
        source.setData({ type: "FeatureCollection", features: features });
        map.removeFeatureState({ source: drawn.sourceId });
        source.gridgovGrids = grids;
      }
      if (!Array.isArray(map.getPaintProperty(layer, "fill-color")))
        map.setPaintProperty(layer, "fill-color", ["coalesce", ["feature-state", "colour"], ["get", "fc"]]);
      const at = new Map(codes.map((code, k) => [code, k]));
      grids.forEach(function (grid, i) {
        const k = at.get(grid.loc);
        if (k === undefined || !grid.fOut) return;
        map.setFeatureState({ source: drawn.sourceId, id: grid.loc }, { colour: colours[k] });
        if (trace.customdata) trace.customdata[i][1] = words[k];
      });
      return true;
    },
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
      figure = complete(figure);
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
