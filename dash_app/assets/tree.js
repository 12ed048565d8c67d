// The tree of grids: rows that open and close, and the link between its rows and the map beside it. No numbers are made here.
(function () {
  "use strict";
  const opened = new Set(); // codes of the grids whose rows below are shown
  const begun = new WeakSet(); // rows that have been looked at since they came
  const shapes = {}; // features of the maps by address

  const toggle = function (api, data) {
    if (!(data.n_children > 0)) return;
    if (!opened.delete(data.grid_code)) opened.add(data.grid_code);
    api.onFilterChanged();
    api.refreshCells({ columns: ["grid_name"], force: true });
  };

  const show = function (code) {
    const api = document.querySelector("#tree .ag-root") && window.dash_ag_grid.getApi("tree");
    const node = api && api.getRowNode(code);
    if (node && node.displayed) api.ensureNodeVisible(node);
  };

  const cells = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  // A row is shown while all above it are open; the rows under the tree always. With new rows the way to the scope is open,
  // and its row in sight.
  cells.gridgovTreeShows = function (params) {
    const data = params.data;
    if (data.path && !begun.has(data)) {
      begun.add(data);
      if (data.opens) opened.add(data.grid_code);
      if (data.is_scope) setTimeout(() => show(data.grid_code), 300);
    }
    return !data.path || data.path.slice(0, -1).every((code) => opened.has(code));
  };
  // Right opens, left closes, the space bar does either, Enter goes there; true = the table does nothing more with the key.
  cells.gridgovTreeKey = function (params) {
    const data = params.data, key = params.event.key;
    const does = { ArrowRight: !opened.has(data.grid_code), ArrowLeft: opened.has(data.grid_code), " ": true };
    if (params.event.type !== "keydown" || params.event.ctrlKey) return false;
    if (key === "Enter") {
      window.dash_clientside.set_props("tree", { cellClicked: { rowId: data.grid_code, timestamp: Date.now() } });
      return true;
    }
    if (!(data.n_children > 0) || !does[key]) return false;
    params.event.preventDefault();
    toggle(params.api, data);
    return true;
  };

  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.GridgovTreeCell = function (props) {
    const data = props.data, make = window.React.createElement, isOpen = opened.has(data.grid_code);
    // The table listens below React, so its own way of being told that a click was not for it is used.
    const listen = function (button) {
      if (!button || button.dataset.listens) return;
      button.dataset.listens = "1";
      button.addEventListener("click", function (event) {
        event.__ag_Grid_Stop_Propagation = true;
        event.stopPropagation();
        toggle(props.api, props.node.data);
      });
    };
    const about = { type: "button", className: "tree-mark", tabIndex: -1, ref: listen, "aria-expanded": isOpen,
      "aria-label": (isOpen ? props.close : props.open) + " " + props.value };
    const mark = data.n_children > 0 ? make("button", about, isOpen ? "▾" : "▸") : make("span", { className: "tree-mark" });
    return make("span", { className: "tree-cell", style: { paddingLeft: 16 * (data.depth || 0) + "px" } }, mark, props.value);
  };

  // The grid a reader points at in the table is outlined on the map.
  const outline = function (code) {
    const plot = document.querySelector("#tree-map .js-plotly-plot");
    const map = plot && plot._fullLayout && plot._fullLayout.map && plot._fullLayout.map._subplot && plot._fullLayout.map._subplot.map;
    const address = plot && plot.data && plot.data.length && plot.data[0].geojson;
    const source = map && map.getStyle() && map.getSource("pointed");
    if (!source || typeof address !== "string") return;
    shapes[address] = shapes[address] || fetch(address).then((answer) => answer.json());
    shapes[address].then(function (all) {
      const order = map.getLayersOrder();
      if (order[order.length - 1] !== "pointed") map.moveLayer("pointed"); // Plotly puts its traces on top
      source.setData({ type: "FeatureCollection", features: all.features.filter((feature) => feature.id === code) });
    }).catch(() => delete shapes[address]);
  };
  ["mouseover", "focusin"].forEach((kind) => document.addEventListener(kind, function (event) {
    const row = event.target.closest && event.target.closest("#tree .ag-row");
    if (row) outline(row.getAttribute("row-id"));
  }));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
    // The row of the grid that a reader points at on the map is marked.
    linkTree: function (hover) {
      const code = hover && hover.points && hover.points[0].location;
      document.querySelectorAll("#tree .ag-row.linked").forEach((row) => row.classList.remove("linked"));
      if (code) document.querySelectorAll('#tree .ag-row[row-id="' + CSS.escape(code) + '"]').forEach((row) => row.classList.add("linked"));
      return window.dash_clientside.no_update;
    },
  });
})();
