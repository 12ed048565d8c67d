// What the browser itself must do: say what is looked at, follow links, format cells. No numbers are computed here.
(function () {
  "use strict";
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let version = null; // the data versions last seen; only a change counts
  let tick = 0;
  let last = null;

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    gridgov: {
      // The address, the language of the browser and the colours, in one; a new one only when something has changed.
      view: function (search, path, scheme, versions) {
        document.body.dataset.path = path;
        const none = window.dash_clientside.no_update;
        if (versions !== undefined && versions !== null) {
          if (version !== null && !same(version, versions)) tick += 1;
          version = versions;
        }
        if (search === undefined || search === null || !scheme) return none;
        document.body.dataset.agThemeMode = scheme;
        const lang = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
        const view = { search: search, scheme: scheme, lang: lang, tick: tick };
        if (same(view, last)) return none;
        last = view;
        const asked = new URLSearchParams(search).get("lang");
        document.documentElement.lang = asked === "zh" || asked === "en" ? asked : lang;
        return view;
      },
      // A click on something with the id {jump: query}.
      jump: function () {
        const context = window.dash_clientside.callback_context;
        const clicked = context.triggered.find((entry) => entry.value);
        if (!clicked) return window.dash_clientside.no_update;
        return JSON.parse(clicked.prop_id.slice(0, clicked.prop_id.lastIndexOf("."))).jump;
      },
      // Centre and zoom of a map, so that its bounds fit the place it has; the legend at the bottom stays clear.
      fit: function (figure, id) {
        if (!figure) return window.dash_clientside.no_update;
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
      // The rows of an endless table are asked anew.
      refresh: function (view, id) {
        const there = document.querySelector("#" + id + " .ag-root");
        if (there) {
          const grid = window.dash_ag_grid.getApi(id);
          if (grid.getDisplayedRowCount()) grid.ensureIndexVisible(0);
          grid.purgeInfiniteCache();
        }
        return window.dash_clientside.no_update;
      },
    },
  });

  const cells = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  cells.gridgovNumber = function (value) {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value !== "number") return String(value);
    const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  cells.gridgovTheme = function (theme) {
    return theme.withParams({ fontFamily: "inherit", fontSize: 13, headerFontSize: 12, rowHeight: 34, headerHeight: 36, cellHorizontalPadding: 10,
      wrapperBorder: false, wrapperBorderRadius: 0, columnBorder: false, headerFontWeight: 600,
      backgroundColor: "var(--surface)", foregroundColor: "var(--text)", headerBackgroundColor: "var(--ground)",
      headerTextColor: "var(--muted)", borderColor: "var(--line)", rowHoverColor: "var(--hover)",
      chromeBackgroundColor: "var(--ground)", accentColor: "var(--accent)" });
  };
})();
