// What the browser itself must do: say what is looked at, follow links, format cells. No numbers are computed here.
(function () {
  "use strict";
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let version = null; // the data versions last seen; only a change counts
  let tick = 0;
  let last = null;
  // What of it the page itself reads, all but the case that lies open over it; as much as words need; and as the drawer of a
  // case needs, nothing while no case is open.
  let narrow = [null, null, null];
  const LOOK_MS = 1500;
  const looking = {}; // what looks whether the rows of an endless table have come, by its id
  const hasCome = (id) => {
    if (!document.getElementById(id)) return true; // the page was left
    if (!document.querySelector("#" + id + " .ag-root")) return false;
    const grid = window.dash_ag_grid.getApi(id), first = grid.getDisplayedRowCount() && grid.getDisplayedRowAtIndex(0);
    return !first || Boolean(first.data);
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
      // The address, the language of the browser and the colours, in one; a new one only when something has changed. Beside it
      // as little of it as some parts read, new only when that is other.
      // Where the page changes too it waits for the page: the one that is left has nothing more to ask.
      view: function (search, path, page, scheme, versions) {
        const none = window.dash_clientside.no_update, nothing = [none, none, none, none];
        if (last !== null && (!page || page.path !== path)) return nothing;
        if (page) document.title = page.title;
        document.body.dataset.path = path;
        if (versions !== undefined && versions !== null) {
          const isDown = versions === "database-down";  // then all stays as it is, until it is back
          if (version !== null && !isDown && !same(version, versions)) tick += 1;
          version = versions;
        }
        if (search === undefined || search === null || !scheme) return nothing;
        document.body.dataset.agThemeMode = scheme;
        const lang = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
        const view = { search: search, scheme: scheme, lang: lang, tick: tick };
        if (same(view, last)) return nothing;
        last = view;
        const asked = new URLSearchParams(search), said = asked.get("lang");
        document.documentElement.lang = said === "zh" || said === "en" ? said : lang;
        const words = Object.assign({}, view, { search: said ? "?lang=" + encodeURIComponent(said) : "", tick: 0 });
        const about = asked.get("case") ? view : words;
        if (path !== "/case") asked.delete("case");
        const page_view = Object.assign({}, view, { search: String(asked) && "?" + asked });
        const parts = [page_view, words, about];
        const changed = [view].concat(parts.map((part, k) => same(part, narrow[k]) ? none : part));
        narrow = parts;
        return changed;
      },
      // The path of a page that is to come: one that is there is not asked for. The way back to it, once left, is a way too.
      wanted: (path, shown) => (!path || (shown && shown.path === path) ? window.dash_clientside.no_update : path),
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
      // A view is named and kept in this browser.
      saveView: function (clicks, name, views) {
        const none = window.dash_clientside.no_update;
        if (!clicks || !name || !name.trim()) return [none, none];
        const others = (views || []).filter((view) => view.name !== name.trim());
        return [others.concat([{ name: name.trim(), href: location.pathname + location.search }]), ""];
      },
      forgetView: function (clicks, views) {
        const clicked = window.dash_clientside.callback_context.triggered.find((entry) => entry.value);
        if (!clicked) return window.dash_clientside.no_update;
        const name = JSON.parse(clicked.prop_id.slice(0, clicked.prop_id.lastIndexOf("."))).forget;
        return (views || []).filter((view) => view.name !== name);
      },
      // The rows of an endless table are asked anew, from the first on; and again while none have come: what the table asks for
      // in the moment in which it takes an answer is not sent by its Dash component.
      refresh: function (view, id) {
        clearTimeout(looking[id]);
        const ask = (times) => {
          if (document.querySelector("#" + id + " .ag-root")) {
            const grid = window.dash_ag_grid.getApi(id);
            if (grid.getDisplayedRowCount()) grid.ensureIndexVisible(0);
            grid.purgeInfiniteCache();
          }
          look(times);
        };
        const look = (times) => {
          if (times) looking[id] = setTimeout(() => hasCome(id) ? look(Math.min(times - 1, 2)) : ask(times - 1), LOOK_MS);
        };
        if (view) ask(30);
        return window.dash_clientside.no_update;
      },
  });

  const controls = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  controls.gridgovAll = (asked) => asked.options;

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
