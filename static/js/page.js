// Small conveniences; every page works without them.
(() => {
  // A menu closes when one clicks or tabs elsewhere, or presses Escape.
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("focusin", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // In a heatmap the arrow keys move between the cells' links.
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest?.(".heat .c");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = step[0] < 0 ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
    const beside = step[1] < 0 ? cell.previousElementSibling : cell.nextElementSibling;
    const next = (step[0] ? row?.cells[cell.cellIndex] : beside)?.querySelector("a");
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
