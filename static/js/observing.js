// Starts the pages of instruction/observing/entry: one to begin an observation on, also without a network, and one
// to write it on. Both work as plain forms without this.
(() => {
  const { observing } = window;
  const place = document.querySelector("[data-observing-user]");
  if (!place) return;
  const user = place.dataset.observingUser;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const warning = document.querySelector("[data-cannot-keep]");
  const keeping = observing.keeping(user, place.dataset.keys.split(" "), (cannot) => { warning.hidden = !cannot; });
  const urlsOf = (uid) => Object.fromEntries(
    ["record", "share", "read", "write", "renew"].map((name) => [name, place.dataset[name].replace(/0{8}-0{4}-0{4}-0{4}-0{12}/, uid)]),
  );
  const OPEN = "observing:open";
  const remember = (uid) => {
    try { if (uid) sessionStorage.setItem(OPEN, uid); else sessionStorage.removeItem(OPEN); } catch { /* a reload asks instead */ }
  };
  const remembered = () => { try { return sessionStorage.getItem(OPEN); } catch { return null; } };

  // --- an observation that the server has
  const write = document.querySelector("form[data-observing]");
  if (write) {
    const held = JSON.parse(document.getElementById("observing-document").textContent);
    keeping.find(held.uid).then(({ kept, sent }) => {
      // The page may have been on its way while the last save was.
      const isNewer = kept && (kept.unsent || sent || kept.revision > held.revision);
      const mine = isNewer ? { ...kept, unsent: Boolean(kept.unsent || sent) } : { ...held, user, step: kept?.step || 0, unsent: false };
      observing.bind({ form: write, kept: mine, sent, keeping, urls: urlsOf(held.uid), token });
    });
    return;
  }

  // --- one to begin
  const start = document.querySelector("form[data-observing-start]");

  const open = (kept, sent) => {
    const version = place.querySelector(`template[data-version="${kept.head.framework_version}"]`);
    if (!version) return;
    const form = version.content.firstElementChild.cloneNode(true);
    form.dataset.nameless = kept.head.observed ? "" : "yes";
    place.replaceChildren(warning, form);
    document.querySelector("h1").textContent = kept.label;
    document.querySelector("h1").dir = "auto";
    document.querySelector("[data-facts]").textContent = kept.facts || "";
    document.querySelector("[data-other-school]")?.remove();
    remember(kept.uid);
    const urls = urlsOf(kept.uid);
    const saved = () => {
      if (location.pathname === urls.write) return;
      history.replaceState(null, "", urls.write);
      remember(null);
    };
    observing.bind({ form, kept, sent, keeping, urls, token, saved });
    form.elements.notes.focus();
  };

  const versionFor = (chosen) => {
    if (start.elements.framework?.value) return start.elements.framework.value;
    const all = Array.from(place.querySelectorAll("template[data-version]"));
    return (all.find((one) => one.dataset.kind === (chosen.dataset.kind || "teaching")) || all[0]).dataset.version;
  };

  start?.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = start.elements;
    const chosen = given.who.selectedOptions[0];
    const [kind, first, second] = chosen.value.split(".");
    const kept = {
      uid: observing.uuid(), user, step: 0, revision: 0, unsent: true, label: chosen.dataset.label,
      facts: [given.kind.selectedOptions[0].text, given.observed_on.value, given.grade.value, given.subject.value, given.purpose.selectedOptions[0].text].filter(Boolean).join(" · "),
      head: {
        observed: kind === "p" ? first : null, school: kind === "p" ? second : first,
        framework_version: versionFor(chosen), kind: given.kind.value, purpose: given.purpose.value,
        observed_on: given.observed_on.value, grade: given.grade.value, subject: given.subject.value,
      },
      content: { lines: [], levels: {} },
    };
    keeping.keep({ ...kept, at: new Date().toISOString() });
    open(kept, null);
  });

  // Fewer names to look through; what is chosen stays.
  const filter = start?.querySelector("[data-filter]");
  if (filter) {
    const who = start.elements.who;
    const options = Array.from(who.querySelectorAll("option[data-label]"));
    filter.hidden = options.length < 20;
    filter.querySelector("input").addEventListener("input", (event) => {
      const words = event.target.value.toLocaleLowerCase().split(/\s+/);
      options.forEach((one) => { one.hidden = !words.every((word) => one.dataset.label.toLocaleLowerCase().includes(word)); });
      const left = options.filter((one) => !one.hidden);
      if (left.length && who.selectedOptions[0]?.hidden !== false) left[0].selected = true;
    });
  }

  // --- what this device still keeps
  const list = place.querySelector("[data-kept]");
  const offer = (kept) => {
    const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-label]").textContent = kept.label;
    row.querySelector("button").addEventListener("click", async () => {
      const { kept: newest, sent } = await keeping.find(kept.uid);
      open(newest || kept, sent);
    });
    list.querySelector("ul").append(row);
    list.hidden = false;
    return row;
  };
  const sendQuietly = (kept, row) => navigator.locks?.request(keeping.prefix + kept.uid, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const { sent } = await keeping.find(kept.uid);
    const sender = observing.sending({ document: kept, keeping, pending: sent, urls: urlsOf(kept.uid), token, on: { state() {}, merged() {} } });
    const isSent = await sender.flush();
    sender.close();
    if (!isSent || !row.isConnected) return;
    const link = row.querySelector("a");
    link.href = urlsOf(kept.uid).write;
    link.textContent = kept.label;
    link.hidden = false;
    row.querySelector("button").hidden = true;
    row.querySelector("[data-is-kept]").hidden = true;
    row.querySelector("[data-is-sent]").hidden = false;
  });

  keeping.unsent().then(async (found) => {
    const again = found.find((one) => one.uid === remembered());
    if (again) {
      const { kept, sent } = await keeping.find(again.uid);
      open(kept, sent);
      return;
    }
    for (const kept of found) await sendQuietly(kept, offer(kept));
  });
})();
