// What the browser itself must do: say what is looked at, follow links, format cells. No numbers are computed here.
(function () {
  "use strict";
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let version = null; // the data versions last seen; only a change counts
  let tick = 0;
  let last = null;

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
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
      // The fields that a reader has set to something else; controls that have just appeared say what already is.
      change: function () {
        const fields = {};
        for (const entry of window.dash_clientside.callback_context.triggered) {
          const id = JSON.parse(entry.prop_id.slice(0, entry.prop_id.lastIndexOf(".")));
          const value = entry.value === undefined || entry.value === null ? "" : entry.value;
          if (String(value) !== id.now) fields[id.set || id.flag] = entry.value;
        }
        return Object.keys(fields).length ? fields : window.dash_clientside.no_update;
      },
      // A click on something with the id {jump: query}.
      jump: function () {
        const context = window.dash_clientside.callback_context;
        const clicked = context.triggered.find((entry) => entry.value);
        if (!clicked) return window.dash_clientside.no_update;
        return JSON.parse(clicked.prop_id.slice(0, clicked.prop_id.lastIndexOf("."))).jump;
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
  });

  const cells = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  cells.gridgovNumber = function (value) {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value !== "number") return String(value);
    const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  cells.gridgovShare = function (value) {
    return value === null || value === undefined ? "–" : (100 * value).toFixed(1) + " %";
  };
  cells.gridgovTheme = function (theme) {
    return theme.withParams({ fontFamily: "inherit", fontSize: 13, headerFontSize: 12, rowHeight: 34, headerHeight: 36, cellHorizontalPadding: 10,
      wrapperBorder: false, wrapperBorderRadius: 0, columnBorder: false, headerFontWeight: 600,
      backgroundColor: "var(--surface)", foregroundColor: "var(--text)", headerBackgroundColor: "var(--ground)",
      headerTextColor: "var(--muted)", borderColor: "var(--line)", rowHoverColor: "var(--hover)",
      chromeBackgroundColor: "var(--ground)", accentColor: "var(--accent)" });
  };
})();
