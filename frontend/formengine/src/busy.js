// The package makes a photo smaller before it takes it as an answer, and sends without waiting for
// that: on a slow phone the photo would be missing and nobody would know.
const works = new Set();

globalThis.datlanhBusy = (work) => {
  const done = () => works.delete(work);
  works.add(work);
  work.then(done, done);
  return work;
};

/** Sending waits until every photo is there; the button is pressed again then. */
export function sendWhenReady(place) {
  place.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(".footer button");
      if (!button || !works.size) {
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      Promise.allSettled([...works]).then(() => setTimeout(() => button.click()));
    },
    true,
  );
}
