// Drag a principal onto another caseload: the same as choosing both in the form above, which works without.
(() => {
  const form = document.getElementById("whatif");
  if (!form) return;
  let held = null;
  const hint = document.getElementById("drag-hint");
  const units = document.querySelectorAll(".caseboard li[data-unit]");
  if (hint && units.length) hint.hidden = false;
  units.forEach((unit) => {
    unit.draggable = true;
    unit.addEventListener("dragstart", (event) => {
      held = unit.dataset.unit;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held);
    });
    unit.addEventListener("dragend", () => { held = null; });
  });
  document.querySelectorAll(".caseboard[data-open]").forEach((board) => {
    const isOther = () => held && !board.querySelector(`[data-unit="${CSS.escape(held)}"]`);
    board.addEventListener("dragover", (event) => {
      if (!isOther()) return;
      event.preventDefault();
      board.dataset.over = "";
    });
    board.addEventListener("dragleave", () => { delete board.dataset.over; });
    board.addEventListener("drop", (event) => {
      delete board.dataset.over;
      if (!isOther()) return;
      event.preventDefault();
      form.elements.unit.value = held;
      form.elements.to.value = board.dataset.supervisor;
      form.requestSubmit();
    });
  });
})();
