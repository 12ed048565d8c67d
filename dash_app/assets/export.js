// Pictures of figures: PNG to keep, and in the PDF of a panel. Menu entries say what they are by data-export and data-graph.
(function () {
  "use strict";
  const SCALE = 2;

  const plotOf = (id) => document.querySelector("#" + CSS.escape(id) + " .js-plotly-plot");

  // The figure as it stands, as large as it is on the screen; the data address of a PNG.
  const pictureOf = (plot) => window.Plotly.toImage(plot, { format: "png", width: plot.clientWidth, height: plot.clientHeight, scale: SCALE });

  const image = (address) => new Promise((done, fail) => {
    const picture = new Image();
    picture.onload = () => done(picture);
    picture.onerror = () => fail(new Error("no picture"));
    picture.src = address;
  });

  // What is printed with a picture: the panel's own title and note as they are read there, then place and definition.
  const wordsOf = function (item, plot) {
    const panel = plot.closest(".panel"), text = (name) => (panel && panel.querySelector(name) || {}).innerText || "";
    const of = item.dataset, told = text(".panel-note");
    const asOf = told.includes(of.said) ? "" : of.said + " " + of.asOf;
    return { title: text(".panel-title") || of.title, note: [told, asOf, of.note].filter(Boolean).join(" · ") };
  };

  // Title above and note below the figure, on the ground of the panel, whatever the colour scheme.
  const framed = async function (item, plot) {
    const picture = await image(await pictureOf(plot));
    const { title, note } = wordsOf(item, plot);
    const style = getComputedStyle(plot.closest(".panel") || document.body); // figures have no ground of their own
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    const side = 16 * SCALE, head = 40 * SCALE, foot = 30 * SCALE;
    canvas.width = picture.width + 2 * side;
    canvas.height = picture.height + head + foot;
    pen.fillStyle = style.backgroundColor;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, side, head);
    pen.fillStyle = style.color;
    pen.textBaseline = "middle";
    pen.font = `600 ${16 * SCALE}px ${style.fontFamily}`;
    pen.fillText(title, side, head / 2, picture.width);
    pen.font = `${12 * SCALE}px ${style.fontFamily}`;
    pen.fillText(note, side, head + picture.height + foot / 2, picture.width);
    return { title: title, content: await new Promise((done) => canvas.toBlob(done, "image/png")) };
  };

  const keep = function (content, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const nameIn = function (answer) {
    const said = answer.headers.get("Content-Disposition") || "";
    const found = /filename\*=UTF-8''([^;]+)/.exec(said) || /filename="?([^";]+)/.exec(said);
    return found ? decodeURIComponent(found[1]) : "gridgov.pdf";
  };

  // The PDF with the picture; when either cannot be had, the plain link, which has no picture or says what is wrong.
  const paper = async function (item, plot) {
    try {
      const picture = (await framed(item, plot)).content;
      const answer = await fetch(item.href, { method: "POST", body: picture, headers: { "Content-Type": "image/png" } });
      if (!answer.ok) throw new Error(answer.status);
      keep(await answer.blob(), nameIn(answer));
    } catch (_) {
      window.open(item.href, "_blank");
    }
  };

  document.addEventListener("click", function (event) {
    const item = event.target.closest && event.target.closest("[data-export]");
    const plot = item && plotOf(item.dataset.graph);
    if (!plot) return;
    if (item.dataset.export === "pdf") {
      event.preventDefault();
      paper(item, plot);
    } else {
      framed(item, plot).then((made) => keep(made.content, [made.title, item.dataset.place, item.dataset.asOf].join("_").replace(/[^\p{L}\p{N}_.-]+/gu, "-") + ".png"));
    }
  }, true);

  // A menu goes when something else is clicked, when one of its entries is, and with Escape, which gives the focus back.
  const openMenus = () => document.querySelectorAll("details.menu-of[open]");
  document.addEventListener("click", function (event) {
    for (const menu of openMenus()) if (!menu.contains(event.target) || event.target.closest(".menu")) menu.open = false;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
