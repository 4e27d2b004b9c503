// The door of the build: `openForm` for the app that fills forms in, and a page by attributes for
// whoever wants no more than a form (the tests of our forms).
//
//   <div id="form-engine"
//        data-form="/forms/cha/xform"        the XForm
//        data-media="/forms/cha/media/"      where its files lie (communes.csv)
//        data-submit="/forms/cha/submit"     where a submission is posted (optional)
//        data-csrf="…"                       Django's token for that post
//        data-instance="/…/instance.xml"     a submission to be edited (optional)
//        data-basemap="/…/basemap.geojson"   lines and names behind the map (optional)
//        data-view="106.9,16.9,9"            where an empty map opens: lon,lat,zoom (optional)
//        data-done="/…/"                     where to go once it was received (optional)
//        data-language="vi"></div>
//
// Before posting, the window gets a cancelable event "datlanh:submission" whose detail is
// {instanceId, xml, files, received(), failed(message)}. Whoever calls preventDefault() takes the
// submission over (the offline queue) and says received() or failed(); else it is posted here.
import { openForm } from "./engine.js";

export { openForm };

const place = document.getElementById("form-engine");
const options = place?.dataset ?? {};

if (options.form) {
  start().catch((error) => tell("failed", error.message));
}

async function start() {
  await openForm(place, {
    xml: await text(options.form),
    media: (name) => fetch(new URL(name, new URL(options.media, location.href)), { credentials: "same-origin" }),
    instance: options.instance ? () => text(options.instance) : undefined,
    basemap: options.basemap,
    view: options.view,
    language: options.language || document.documentElement.lang || "vi",
    submitted,
  });
  tell("ready", "");
}

async function text(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response.text();
}

async function submitted(sending) {
  const detail = {
    ...sending,
    received(message = "") {
      tell("received", message);
      sending.received();
      if (options.done) {
        location.assign(options.done);
      }
    },
    failed(message = "") {
      tell("failed", message);
      sending.failed();
    },
  };
  const event = new CustomEvent("datlanh:submission", { detail, cancelable: true });
  if (window.dispatchEvent(event) && options.submit) {
    await post(detail);
  }
}

/** One OpenRosa submission: the XML first, then its files. */
async function post({ xml, files, received, failed }) {
  const body = new FormData();
  body.append("xml_submission_file", new File([xml], "submission.xml", { type: "text/xml" }));
  files.forEach((file) => body.append(file.name, file, file.name));
  try {
    const response = await fetch(options.submit, {
      method: "POST",
      credentials: "same-origin",
      headers: options.csrf ? { "X-CSRFToken": options.csrf } : {},
      body,
    });
    const message = await response.text();
    (response.ok ? received : failed)(message);
  } catch (error) {
    failed(error.message);
  }
}

/** What happened, for styles, tests and whoever listens: ready, received or failed. */
function tell(state, message) {
  place.dataset.state = state;
  window.dispatchEvent(new CustomEvent("datlanh:form", { detail: { state, message } }));
}
