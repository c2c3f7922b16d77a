/* While a password is chosen: how long it is, and whether both are the same. The words are the page's, in its language. The server alone decides. */
"use strict";

(() => {
  const SHORTEST = 12;
  const [first, second] = ["new_password1", "new_password2"].map((name) => document.querySelector(`input[name=${name}]`));
  const progress = document.getElementById("avancement");
  if (!first || !second || !progress) return;
  const words = progress.dataset;

  function sentence() {
    const length = [...first.value].length;
    if (!length) return "";
    if (length < SHORTEST) return words.length.replace("LENGTH", length);
    if (!second.value) return words.longEnough;
    return first.value === second.value ? words.same : words.notSame;
  }

  for (const field of [first, second]) {
    field.addEventListener("input", () => {
      progress.textContent = sentence();
    });
  }
})();
