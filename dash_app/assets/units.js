// Cells of the tables of units: a count is a button that opens its cases; zero is none.
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  cells.gridgovCount = function (props) {
    if (!props.value) return React.createElement("span", null, props.value === 0 ? "0" : "–");
    return React.createElement("button", { type: "button", className: "jump count" }, props.value.toLocaleString("en-US"));
  };
})();
