// Draws every [data-chart] from the inert JSON it names. The theme is made of the page's CSS tokens,
// so light, dark and print are drawn with the colors of the text around them.
(() => {
  const source = document.currentScript.dataset.plotly;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const NARROW = 520; // pixels
  const PAPER = 880; // a landscape page less its margins and the figure's own
  let library;
  let probe;
  let printing = false;

  const load = () => (library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("the chart library did not load"));
    document.head.append(script);
  }));

  // The used value of a token: computed colors are resolved, custom properties are not.
  const color = (name) => {
    probe ??= document.body.appendChild(Object.assign(document.createElement("span"), { hidden: true }));
    probe.style.forcedColorAdjust = "none"; // the plot keeps its own colors, on its own ground
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };

  const resolve = (value) => {
    if (typeof value === "string") {
      const token = /^var\((--[\w-]+)\)$/.exec(value);
      return token ? color(token[1]) : value;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
    }
    return value;
  };

  const theme = (narrow) => {
    const ink = color("--ink");
    const axis = {
      automargin: true, fixedrange: true, zeroline: false, ticks: "", title: { standoff: 8 },
      gridcolor: color("--line"), linecolor: color("--line"), tickfont: { color: ink },
    };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, hovermode: "closest",
        font: { family: getComputedStyle(document.body).fontFamily, size: narrow ? 12 : 13, color: ink },
        colorway: ["--accent", "--above", "--below", "--ink-2"].map(color),
        margin: { l: 8, r: 12, t: 8, b: 28, pad: 6 },
        xaxis: axis, yaxis: axis,
        hoverlabel: { bgcolor: color("--card"), bordercolor: color("--edge"), font: { color: ink }, align: "left" },
      },
    };
  };

  // On a phone the rows' labels stand above their rows, so that the drawing keeps the whole width.
  const stack = (layout) => {
    layout.height = Math.round(layout.height * 1.4);
    layout.yaxis = { ...layout.yaxis, showticklabels: false };
    layout.annotations = layout.yaxis.categoryarray.map((label) => ({
      text: label.replaceAll("<br>", " "), y: label, yshift: 17, xref: "paper", x: 0, xanchor: "left", align: "left",
      showarrow: false, bgcolor: color("--card"), borderpad: 1, font: { size: 12 },
    }));
    layout.margin = { l: 4, r: 12, t: 8, b: 28 };
  };

  // There, small multiples stand below each other: beside each other their labels would run into the drawings.
  const column = (layout) => {
    const ids = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key)).map((key) => key.slice(5));
    const [panel, between] = [110, 0.4]; // pixels, and the part of a panel that lies between two
    const height = 1 / (ids.length + between * (ids.length - 1));
    layout.height = 60 + panel * (1 + between) * ids.length;
    ids.forEach((id, place) => {
      const top = 1 - place * height * (1 + between);
      Object.assign(layout[`xaxis${id}`], { domain: [0, 1], showticklabels: place === ids.length - 1 });
      layout[`yaxis${id}`].domain = [Math.max(0, top - height), top];
      Object.assign(layout.annotations[place], { x: 0, y: top });
    });
  };

  const draw = async (plot) => {
    try {
      const plotly = await load();
      const figure = resolve(JSON.parse(document.getElementById(plot.dataset.chart).textContent));
      const width = printing ? Math.min(plot.clientWidth, PAPER) : plot.clientWidth;
      if (!plot.classList.contains("js-plotly-plot")) plot.replaceChildren();
      const layout = { ...figure.layout, width, template: theme(width < NARROW) };
      if (width < NARROW && layout.yaxis?.categoryarray) stack(layout);
      if (width < NARROW && layout.xaxis2) column(layout);
      await plotly.react(plot, figure.data, layout, { displayModeBar: false, showTips: false, doubleClick: false });
      plot.dataset.state = "drawn";
    } catch (error) {
      plot.dataset.state = "failed";
      console.warn(error);
    }
  };

  const plots = (root = document) => [...root.querySelectorAll("[data-chart]")];
  const drawAll = () => plots().forEach(draw);
  const erase = (plot) => {
    if (!plot.classList.contains("js-plotly-plot")) return;
    window.Plotly.purge(plot);
    plot.replaceChildren();
    plot.classList.remove("js-plotly-plot");
    delete plot.dataset.state;
  };

  const sizes = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
    if (target.dataset.state === "drawn" && Math.round(contentRect.width) !== target.layout.width) draw(target);
  }));
  const begin = (root) => plots(root).forEach((plot) => { draw(plot); sizes.observe(plot); });

  begin(document);
  document.addEventListener("htmx:afterSwap", () => begin(document));
  document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.matches?.("[data-chart]") && erase(event.target));
  document.addEventListener("htmx:beforeHistorySave", () => plots().forEach(erase));
  document.addEventListener("htmx:historyRestore", () => begin(document));
  dark.addEventListener("change", drawAll);
  // Paper is light whatever the screen is.
  const print = (now) => () => {
    printing = now;
    document.documentElement.style.colorScheme = now ? "light" : "";
    drawAll();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
})();
