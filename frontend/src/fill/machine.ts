// What this browser can do and promises: keep things, install the app, change to a new version.
import { byId, notice } from "./page";

interface Installs extends Event { prompt(): Promise<void> }

export function watchMachine(): void {
  void lasting();
  versions();
  installing();
  // Without HTTPS a browser has neither worker nor locks: the app works, but only with a line.
  notice("insecure", !window.isSecureContext);
}

/** Ask that the queue be kept when the disk gets full; say so where the browser will not promise. */
async function lasting(): Promise<void> {
  if (!navigator.storage?.persist) return;
  const isLasting = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  byId(isLasting ? "lasting" : "not-lasting").hidden = false;
}

function versions(): void {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let isAsked = false;
  workers.addEventListener("controllerchange", () => { if (isAsked) location.reload(); });
  void workers.ready.then((found) => {
    byId("works-offline").hidden = false;
    const offer = () => notice("new-version", !!found.waiting && !!workers.controller);
    offer();
    found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", offer));
    document.addEventListener("click", (event) => {
      if (!(event.target as Element).closest("[data-act=change]")) return;
      isAsked = true;
      found.waiting?.postMessage("change");
    });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") found.update().catch(() => undefined); });
  });
}

function installing(): void {
  const button = byId("install");
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.onclick = () => { button.hidden = true; void (event as Installs).prompt(); };
  });
}
