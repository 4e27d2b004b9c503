// Names for what the package leaves nameless to a screen reader: drop-downs, dates, figures, files
// and the menu of a row. It says them beside the control and does not tie the two together.
const MORE = { vi: "Thao tác khác", en: "More actions" };

export function nameControls(place, language) {
  let isDue = false;
  const look = () => {
    isDue = false;
    for (const box of place.querySelectorAll(".question-container")) {
      const label = words(box.querySelector(".control-text label") ?? box.querySelector(".control-text"));
      for (const control of box.querySelectorAll("input, textarea, select, [role=combobox]")) {
        name(control, ["radio", "checkbox"].includes(control.type) ? words(option(control)) || label : label);
      }
    }
    for (const button of place.querySelectorAll("button")) {
      name(button, MORE[language] ?? MORE.vi);
    }
  };
  new MutationObserver(() => {
    if (!isDue) {
      isDue = true;
      requestAnimationFrame(look);
    }
  }).observe(place, { childList: true, subtree: true });
  look();
}

function name(control, label) {
  const has =
    control.getAttribute("aria-label") ||
    words(document.getElementById(control.getAttribute("aria-labelledby"))) ||
    [...(control.labels ?? [])].some(words) ||
    (control.localName === "button" && (words(control) || control.title));
  if (!has && label) {
    control.setAttribute("aria-label", label);
  }
}

/** The words of an option stand in the same box as its mark. */
function option(control) {
  return control.closest("label") ?? control.parentElement?.parentElement;
}

function words(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").replace(/^\s*\*\s*/, "").trim();
}
