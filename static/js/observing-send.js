// Sends what the device keeps, one save at a time: a pause after typing, again with growing pauses while it fails,
// and at once when the network is back. A save has an id of its own and is kept as it was sent until its answer
// comes, because an answer can be lost after the server has taken it in: the same one sent again is taken once.
(() => {
  const observing = (window.observing = window.observing || {});
  const PAUSE = 1_000;
  const LONGEST_PAUSE = 30_000;
  const GIVE_UP = 20_000;
  // Browsers let so much of a request outlive its page.
  const OUTLIVES = 60_000;

  // document: {uid, user, step, revision, unsent, at, head, label, content}, kept and changed here.
  // on: {state(name, detail), merged(content), else_signed_in()}.
  observing.sending = ({ document: kept, keeping, pending, urls, token, on }) => {
    let timer = 0;
    let failures = 0;
    let busy = null;
    let closed = false;

    const keep = () => keeping.keep({ ...kept, at: new Date().toISOString() });
    const ask = (method, url, body) => fetch(url, {
      method, body, credentials: "same-origin", redirect: "manual",
      keepalive: Boolean(body) && new Blob([body]).size < OUTLIVES,
      signal: AbortSignal.timeout(GIVE_UP),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    });

    // Signing in again makes the page's token void: read who is signed in, and the new token, from a page of theirs.
    const renew = async () => {
      const answer = await fetch(urls.renew, { credentials: "same-origin", signal: AbortSignal.timeout(GIVE_UP) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const who = page.querySelector("[data-observing-user]");
      if (!who) return "signed-out";
      if (who.dataset.observingUser !== kept.user) return "someone-else";
      const given = page.querySelector("[name=csrfmiddlewaretoken]").value;
      if (given === token) return "refused";
      token = given;
      return "again";
    };

    const payload = () => {
      if (!pending) {
        pending = {
          save: observing.uuid(), base: kept.revision, at: new Date().toISOString(), step: kept.step,
          ...kept.head, content: observing.outside(kept.content),
        };
        keeping.keepSent(kept.uid, pending);
      }
      const { step, ...sent } = pending;
      return JSON.stringify({ ...sent, at: new Date().toISOString() });
    };

    const taken = (answer) => {
      const quiet = pending.step === kept.step;
      pending = null;
      failures = 0;
      // Written on while another device's lines were brought in: the next save says again what this one saw.
      if (!answer.merged || quiet) kept.revision = answer.revision;
      if (quiet) kept.unsent = false;
      if (answer.merged && quiet) on.merged(answer.content);
      keep();
      keeping.keepSent(kept.uid, null);
      on.state(kept.unsent ? "writing" : "saved", answer);
    };

    const said = async (response) => {
      try { return await response.json(); } catch { return {}; }
    };

    // Send what waits; true once the server has all of it.
    const once = async () => {
      while (!closed && (pending || kept.unsent)) {
        on.state("sending");
        const response = await ask("PUT", urls.record, payload());
        if (response.ok) taken(await response.json());
        else if (response.status === 401 || response.type === "opaqueredirect") return stop("signed-out");
        else if (response.status === 403) {
          const found = await renew();
          if (found !== "again") return stop(found);
        } else if (response.status === 409) return stop("closed", await said(response));
        else if (response.status >= 500 || response.status === 429) throw new Error(`${response.status}`);
        else return refuse(await said(response));
      }
      return !kept.unsent;
    };

    const stop = (state, detail) => {
      if (state === "someone-else") closed = true;
      on.state(state, detail);
      if (state === "signed-out") later(LONGEST_PAUSE);
      return false;
    };

    // What the server can never take as it stands is not sent again as it stood.
    const refuse = (detail) => {
      pending = null;
      keeping.keepSent(kept.uid, null);
      on.state("refused", detail);
      return false;
    };

    const later = (pause) => {
      clearTimeout(timer);
      timer = setTimeout(flush, pause);
    };

    const flush = () => {
      clearTimeout(timer);
      if (closed) return Promise.resolve(false);
      busy = busy || once().catch(() => {
        failures += 1;
        on.state("kept");
        later(Math.min(LONGEST_PAUSE, PAUSE * 2 ** (failures - 1)) * (0.75 + Math.random() / 2));
        return false;
      }).finally(() => { busy = null; });
      return busy;
    };

    addEventListener("online", flush);
    addEventListener("focus", () => { if (failures || kept.unsent) flush(); });
    addEventListener("pagehide", () => { if (kept.unsent) flush(); });

    return {
      // Something was written: kept now, sent after a pause, or at once.
      changed: ({ at_once: atOnce = false } = {}) => {
        kept.step += 1;
        kept.unsent = true;
        keep();
        on.state(failures ? "kept" : "writing");
        if (failures) return;
        if (atOnce) flush();
        else later(PAUSE);
      },
      flush,
      close: () => { closed = true; clearTimeout(timer); },
      // Share what the server has of all this. Answers "shared", or what stands in the way.
      share: async () => {
        if (!(await flush()) && kept.unsent) return { state: "kept" };
        const answered = async () => ask("POST", urls.share, JSON.stringify({ base: kept.revision }));
        let response;
        try {
          response = await answered();
          if (response.status === 403 && (await renew()) === "again") response = await answered();
        } catch {
          return { state: "kept" };
        }
        const detail = await said(response);
        // The answer to an earlier try may have been lost.
        const isShared = response.status === 409 && detail.state !== "draft" && detail.revision === kept.revision;
        if (response.ok || isShared) {
          closed = true;
          await keeping.drop(kept.uid);
          return { state: "shared", detail };
        }
        if (detail.base) {
          // Another device wrote more: bring it here, to be read before it is shared.
          kept.step += 1;
          kept.unsent = true;
          await flush();
        }
        return { state: response.status === 401 ? "signed-out" : "refused", detail };
      },
    };
  };
})();
