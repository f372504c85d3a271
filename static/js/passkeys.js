// Passkeys: forms marked data-passkey="create" or "get" have the browser's authenticator make or answer something
// before they are sent. What is asked stands beside them as JSON, or is fetched from where they are sent to.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const create = async (asked) => {
    // Kept where it is made, so that it can sign in without the password where its device checks who holds it.
    const selection = { ...asked.authenticatorSelection, residentKey: "preferred", requireResidentKey: false };
    const made = await navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: listed(asked.excludeCredentials), authenticatorSelection: selection,
    } });
    const { clientDataJSON, attestationObject } = made.response;
    return said(made, {
      clientDataJSON: words(clientDataJSON), attestationObject: words(attestationObject),
      transports: made.response.getTransports?.() || [],
    });
  };

  const get = async (asked) => {
    const answer = await navigator.credentials.get({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials),
    } });
    const { clientDataJSON, authenticatorData, signature, userHandle } = answer.response;
    return said(answer, {
      clientDataJSON: words(clientDataJSON), authenticatorData: words(authenticatorData),
      signature: words(signature), userHandle: userHandle && words(userHandle),
    });
  };

  const said = (credential, response) => ({
    type: credential.type, id: credential.id, rawId: words(credential.rawId), response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const options = async (form) => {
    const beside = form.querySelector("script[type='application/json']");
    if (beside) return JSON.parse(beside.textContent).publicKey;
    const fetched = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!fetched.ok) throw new Error(`${fetched.status}`);
    return (await fetched.json()).request_options.publicKey;
  };

  const send = async (form) => {
    const trouble = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    trouble.hidden = true;
    button.disabled = true;
    try {
      const asked = await options(form);
      const answer = await (form.dataset.passkey === "create" ? create(asked) : get(asked));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      // Canceled, timed out, refused: the browser has told what there is to tell.
      trouble.hidden = false;
      button.disabled = false;
    }
  };

  // Browsers have no passkeys for addresses that are numbers.
  const able = Boolean(window.PublicKeyCredential) && !/^[\d.]+$|^\[/.test(location.hostname);
  document.querySelectorAll("[data-passkey-unable]").forEach((one) => { one.hidden = able; });
  if (!able) return;
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  });
})();
