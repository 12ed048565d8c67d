// What a number means, in one card for all marks of a page: on hover and on focus, away with Escape. The browser's own popover
// lies above everything; a card for each mark would be part of what Dash goes through at every answer.
(function () {
  "use strict";
  const WAIT_MS = 120, EDGE = 8;
  let card = null, of = null, later = 0;

  const made = function () {
    card = document.createElement("div");
    card.className = "meaning-card";
    card.setAttribute("popover", "manual");
    card.setAttribute("role", "tooltip");
    document.body.append(card);
    card.addEventListener("mouseleave", leave);
    return card;
  };

  const hide = function () {
    clearTimeout(later);
    if (card && of) card.hidePopover();
    of = null;
  };

  const show = function (mark) {
    if (of === mark || !mark.isConnected) return;
    hide();
    of = mark;
    const lines = mark.dataset.meaning.split("\n");
    (card || made()).replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    card.showPopover();
    const at = mark.getBoundingClientRect(), size = card.getBoundingClientRect();
    const fits = at.bottom + size.height + EDGE < innerHeight;
    card.style.left = Math.max(EDGE, Math.min(at.left, innerWidth - size.width - EDGE)) + "px";
    card.style.top = Math.max(EDGE, fits ? at.bottom + 4 : at.top - size.height - 4) + "px";
  };

  // A pointer that crosses a mark opens nothing; one on its way from the mark to the card does not close it.
  const leave = function () {
    clearTimeout(later);
    later = setTimeout(() => of && !of.matches(":hover, :focus-visible") && !card.matches(":hover") && hide(), WAIT_MS);
  };
  const markOf = (event) => event.target.closest && event.target.closest("[data-meaning]");
  document.addEventListener("mouseover", function (event) {
    const mark = markOf(event);
    if (!mark) return of && leave();
    clearTimeout(later);
    later = setTimeout(() => show(mark), WAIT_MS);
  });
  document.addEventListener("focusin", function (event) {
    const mark = markOf(event);
    if (mark && mark.matches(":focus-visible")) show(mark);
    else if (of) leave();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("scroll", hide, true);
})();
