// The page on which an observation is written, bound to its document: notes, the lines' tags, levels, the status
// line and sharing. The markup comes from the server, which takes the same form without scripts.
(() => {
  const observing = (window.observing = window.observing || {});

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const time = (moment) => (moment ? new Date(moment) : new Date()).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });

  // What was never rated has no entry; a change makes one.
  const levelOf = (content, element) => content.levels[element] || { level: null, not_seen: false, why: "" };
  const valueOf = (one) => (one.not_seen ? "not-seen" : one.level === null ? "" : String(one.level));
  const fromValue = (value) => ({ level: /^\d+$/.test(value) ? Number(value) : null, not_seen: value === "not-seen" });

  const showLines = (form, content) => {
    const list = form.querySelector("[data-lines]");
    const shown = new Map(Array.from(list.children, (row) => [row.dataset.line, row]));
    const wanted = content.lines.filter((line) => line.text.trim());
    wanted.forEach((line, at) => {
      let row = shown.get(line.id);
      shown.delete(line.id);
      if (!row) {
        row = form.querySelector("template[data-line]").content.firstElementChild.cloneNode(true);
        row.dataset.line = line.id;
        row.querySelectorAll("[type=checkbox]").forEach((box) => { box.name = `tag.${line.id}`; });
      }
      const words = row.querySelector("[data-text]");
      if (words.textContent !== line.text) words.textContent = line.text;
      row.querySelectorAll("[type=checkbox]").forEach((box) => { box.checked = line.elements.includes(box.value); });
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] || null);
    });
    shown.forEach((row) => row.remove());
    form.querySelector("[data-no-lines]").hidden = wanted.length > 0;
  };

  const showLevels = (form, content) => {
    const tagged = new Map();
    content.lines.forEach((line) => line.elements.forEach((element) => {
      if (line.text.trim()) tagged.set(element, [...(tagged.get(element) || []), line.text]);
    }));
    form.querySelectorAll("[data-element]").forEach((block) => {
      const one = levelOf(content, block.dataset.element);
      const reasons = tagged.get(block.dataset.element) || [];
      const list = block.querySelector("[data-reasons]");
      const items = reasons.map((text) => {
        const item = document.createElement("li");
        item.dir = "auto";
        item.textContent = text;
        return item;
      });
      list.replaceChildren(...items);
      list.hidden = !items.length;
      block.querySelector("[data-no-reasons]").hidden = items.length > 0;
      block.querySelectorAll("[type=radio]").forEach((choice) => { choice.checked = choice.value === valueOf(one); });
      const why = block.querySelector("textarea");
      if (why.value !== one.why) why.value = one.why;
      const folded = block.closest("details[data-others]");
      if (folded && (items.length || valueOf(one) || one.why)) folded.open = true;
    });
    const levels = Object.values(content.levels).filter((one) => one.level !== null).length;
    const summary = form.querySelector("[data-summary]");
    summary.textContent = fill(summary.dataset.words, { lines: content.lines.filter((line) => line.text.trim()).length, levels });
  };

  // The text as others have left it, the cursor where it was in its line.
  const showText = (area, lines) => {
    const text = observing.textOf(lines);
    if (area.value === text) return;
    const { selectionStart: at } = area;
    const fromEnd = area.value.length - at;
    const behind = area.value.slice(at);
    area.value = text;
    if (document.activeElement !== area) return;
    const to = text.endsWith(behind) ? text.length - fromEnd : Math.min(at, text.length);
    area.setSelectionRange(to, to);
  };

  const sayer = (form) => {
    const line = form.querySelector("[data-status]");
    const trouble = form.querySelector("[data-trouble]");
    return (state, detail = {}) => {
      line.dataset.state = state;
      const words = line.dataset[`says${state.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`];
      // What comes and goes with every keystroke is seen and not read aloud.
      if (!words) return;
      const said = fill(words, { time: time(detail.server_time), detail: messagesOf(detail) });
      if (line.querySelector("[data-words]").textContent !== said) line.querySelector("[data-words]").textContent = said;
      line.querySelector("[data-sign-in]").hidden = state !== "signed-out";
      line.querySelector("[data-read]").hidden = state !== "closed";
      trouble.hidden = true;
    };
  };

  const messagesOf = (detail) => {
    if (typeof detail === "string") return detail;
    if (Array.isArray(detail)) return detail.map(messagesOf).join(" ");
    if (detail?.detail) return messagesOf(detail.detail);
    return Object.values(detail || {}).filter((one) => typeof one === "string" || Array.isArray(one)).map(messagesOf).join(" ");
  };

  // form: the markup; kept: its document; sent: a save whose answer never came; place: {keeping, urls, token}.
  observing.bind = ({ form, kept, sent, keeping, urls, token, saved = () => {} }) => {
    const area = form.elements.notes;
    const say = sayer(form);
    form.querySelector("[data-read]").href = urls.read;
    const show = () => {
      showText(area, kept.content.lines);
      showLines(form, kept.content);
      showLevels(form, kept.content);
    };
    const on = {
      state: (state, detail) => {
        say(state, detail);
        if (state === "saved") saved();
        if (state === "someone-else") form.replaceChildren(form.querySelector("[data-status]"));
      },
      merged: (content) => { kept.content = content; show(); },
    };
    const sender = observing.sending({ document: kept, keeping, pending: sent, urls, token, on });
    const wrote = () => {
      kept.content.lines = observing.edited(kept.content.lines, area.value, new Date().toISOString());
      showLines(form, kept.content);
      showLevels(form, kept.content);
      sender.changed();
    };

    area.addEventListener("input", wrote);
    form.addEventListener("focusout", (event) => {
      if (event.target.matches("textarea") && kept.unsent) sender.flush();
    });
    form.addEventListener("input", (event) => {
      const block = event.target.closest("[data-element]");
      if (!block || !event.target.matches("textarea")) return;
      kept.content.levels[block.dataset.element] = { ...levelOf(kept.content, block.dataset.element), why: event.target.value };
      sender.changed();
    });
    form.addEventListener("change", (event) => {
      const box = event.target;
      const row = box.closest("[data-line]");
      const block = box.closest("[data-element]");
      if (row && box.matches("[type=checkbox]")) {
        const line = kept.content.lines.find((one) => one.id === row.dataset.line);
        line.elements = box.checked ? [...line.elements, box.value] : line.elements.filter((one) => one !== box.value);
      } else if (block && box.matches("[type=radio]")) {
        kept.content.levels[block.dataset.element] = { ...levelOf(kept.content, block.dataset.element), ...fromValue(box.value) };
      } else return;
      showLevels(form, kept.content);
      sender.changed({ at_once: true });
    });

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (event.submitter?.value !== "share") { sender.flush(); return; }
      event.submitter.disabled = true;
      const { state, detail } = await sender.share();
      event.submitter.disabled = false;
      if (state === "shared") { location.assign(urls.read); return; }
      const trouble = form.querySelector("[data-trouble]");
      trouble.textContent = fill(trouble.dataset[state === "refused" ? "saysRefused" : "saysNotShared"], { detail: messagesOf(detail) });
      trouble.hidden = false;
    });

    // Whoever opens it last writes on; the tab it was open in stops, for each would undo the other's keeping.
    navigator.locks?.request(keeping.prefix + kept.uid, { steal: true }, () => new Promise(() => {})).catch(() => {
      sender.close();
      say("elsewhere");
      form.querySelectorAll("textarea, input, button").forEach((one) => { one.disabled = true; });
    });
    addEventListener("storage", (event) => {
      if (event.key !== "observing:who" || !event.newValue || event.newValue === kept.user) return;
      sender.close();
      on.state("someone-else");
    });
    try { localStorage.setItem("observing:who", kept.user); } catch { /* nothing is kept there, then */ }

    form.querySelectorAll("[data-plain]").forEach((one) => { one.hidden = true; });
    show();
    if (kept.unsent || sent) { say("kept"); sender.flush(); }
    return sender;
  };
})();
