// Lists of cases: the number opens the case by mouse and keyboard, a light and a standing say theirs in a word; what a list is
// sorted by, for its export.
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  cells.gridgovOpen = function (props) {
    // A press of Enter on it is a click, which the grid tells of as a click on the cell.
    return props.value ? React.createElement("button", { type: "button", className: "jump case-no" }, props.value) : null;
  };
  cells.gridgovBadge = function (props) {
    const colours = props.colours[props.value];
    if (!colours) return props.data ? "–" : null;
    const style = { background: colours[0], color: colours[1] };
    return React.createElement("span", { className: "light", style: style }, props.words[props.value]);
  };

  // Enter on a cell is a click on it; a button in it that has the focus is pressed by itself. The table goes on with other keys.
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.gridgovEnter = function (params) {
    const event = params.event, isCell = event.target.classList.contains("ag-cell");
    if (event.type !== "keydown" || event.key !== "Enter" || !isCell) return false;
    event.target.click();
    return true;
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.gridgov = Object.assign(window.dash_clientside.gridgov || {}, {
    sorted: function (request, before) {
      const by = (request && request.sortModel) || [];
      return JSON.stringify(by) === JSON.stringify(before || []) ? window.dash_clientside.no_update : by;
    },
  });
})();
