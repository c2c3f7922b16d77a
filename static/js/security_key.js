/* Security keys (WebAuthn): the page's options go to the browser, its answer comes back in the form. */
"use strict";

(() => {
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };

  const text = (buffer) => {
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const described = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

  /* Where the server wrote base64url, the browser wants bytes. */
  function asked(options, act) {
    const known = { ...options, challenge: bytes(options.challenge) };
    if (act === "get") return { ...known, allowCredentials: described(options.allowCredentials) };
    return {
      ...known,
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    };
  }

  function answered(credential) {
    const { response } = credential;
    const told = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      told.attestationObject = text(response.attestationObject);
      told.transports = response.getTransports?.() ?? [];
    } else {
      told.authenticatorData = text(response.authenticatorData);
      told.signature = text(response.signature);
      told.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: told });
  }

  async function show(form) {
    const act = form.dataset.securityKey;
    const publicKey = asked(JSON.parse(form.dataset.options), act);
    const credential = await navigator.credentials[act]({ publicKey });
    form.elements.credential.value = answered(credential);
    form.requestSubmit();
  }

  function explain(form, { name }) {
    const words = { InvalidStateError: form.dataset.known, SecurityError: form.dataset.elsewhere };
    const error = form.querySelector("[data-key-error]");
    error.textContent = words[name] ?? form.dataset.refused;
    error.hidden = false;
  }

  /* The form leaves once the key has answered, not before. */
  function listen(form) {
    let isWaiting = false;
    form.addEventListener("submit", (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      if (isWaiting || !form.reportValidity()) return;
      isWaiting = true;
      form.querySelector("[data-key-error]").hidden = true;
      show(form)
        .catch((error) => explain(form, error))
        .finally(() => (isWaiting = false));
    });
    form.querySelector("[data-key-missing]").hidden = true;
    form.querySelector("[data-key-ready]").hidden = false;
  }

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("form[data-security-key]").forEach(listen);
  // Back from the next page: what was answered has served.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
})();
