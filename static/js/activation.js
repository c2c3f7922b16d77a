/* While a password is chosen: how much is missing, said as one types. The server alone decides. */
"use strict";

(() => {
  const SHORTEST = 12;
  const [first, second] = ["new_password1", "new_password2"].map((name) => document.querySelector(`input[name=${name}]`));
  const progress = document.getElementById("avancement");
  if (!first || !second || !progress) return;

  function sentence() {
    const missing = SHORTEST - [...first.value].length;
    if (!first.value) return "";
    if (missing > 0) return `Encore ${missing} caractère${missing > 1 ? "s" : ""}.`;
    if (!second.value) return "La longueur suffit. Écrivez-le une seconde fois.";
    return first.value === second.value ? "Les deux sont les mêmes." : "Les deux ne sont pas encore les mêmes.";
  }

  for (const field of [first, second]) {
    field.addEventListener("input", () => {
      progress.textContent = sentence();
    });
  }
})();
