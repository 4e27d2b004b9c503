// The page's form: loads an XForm, shows it with web-forms, hands over what is sent.
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
import { createApp, h } from "vue";
import { openAt, useBasemap } from "./basemap.js";
import { setLanguage } from "./language.js";
import "./style.css";

const place = document.getElementById("form-engine");
const options = place.dataset;
const language = options.language || document.documentElement.lang || "vi";

setLanguage(language);
useBasemap(options.basemap);
openAt(options.view);

start().catch((error) => tell("failed", error.message));

async function start() {
  // After the language is set: the package says some of its words while it loads.
  const webForms = await import("@getodk/web-forms");
  const xml = inLanguage(await text(options.form), language);
  const app = createApp({
    render: () =>
      h(webForms.OdkWebForm, {
        formXml: xml,
        fetchFormAttachment: media,
        missingResourceBehavior: "BLANK",
        editInstance: options.instance ? edited() : undefined,
        onSubmit: (payload, done) => submitted(payload, done, webForms),
      }),
  });
  app.use(webForms.webFormsPlugin);
  house(app);
  app.mount(place);
  tell("ready", "");
}

async function text(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response.text();
}

/** The XForm opened in the page's language instead of its default one. */
function inLanguage(xml, wanted) {
  const form = new DOMParser().parseFromString(xml, "application/xml");
  const translations = [...form.getElementsByTagName("translation")];
  const chosen = translations.find((t) => t.getAttribute("lang").endsWith(`(${wanted})`));
  if (!chosen) {
    return xml;
  }
  translations.forEach((t) => t.removeAttribute("default"));
  chosen.setAttribute("default", "true()");
  return new XMLSerializer().serializeToString(form);
}

/** `jr://file-csv/communes.csv` from the form's own media folder. */
function media(url) {
  const name = String(url).split("/").pop();
  return fetch(new URL(name, new URL(options.media, location.href)), {
    credentials: "same-origin",
  });
}

function edited() {
  return {
    resolveInstance: () => text(options.instance),
    attachmentFileNames: [],
    resolveAttachment: media,
  };
}

/** Dates as the province writes them, in the calendar of the package's own components. */
function house(app) {
  const locale = app.config.globalProperties.$primevue?.config?.locale;
  if (!locale) {
    return;
  }
  locale.dateFormat = "dd/mm/yy";
  locale.firstDayOfWeek = 1;
  if (language === "vi") {
    const months = Array.from({ length: 12 }, (_, i) => `Tháng ${i + 1}`);
    Object.assign(locale, {
      dayNames: ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
      dayNamesShort: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
      dayNamesMin: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
      monthNames: months,
      monthNamesShort: months,
      today: "Hôm nay",
      clear: "Xóa",
      emptyMessage: "Không có lựa chọn",
      emptySelectionMessage: "Chưa chọn",
      emptyFilterMessage: "Không tìm thấy",
      searchMessage: "{0} kết quả",
    });
  }
}

async function submitted(payload, done, webForms) {
  if (payload.status !== "ready") {
    return;
  }
  const files = [...payload.data[0].values()];
  const xml = await files.shift().text();
  let settled = false;
  const settle = (state, message) => {
    if (settled) {
      return;
    }
    settled = true;
    tell(state, message);
    if (state === "received") {
      done({ next: webForms.POST_SUBMIT__NEW_INSTANCE });
      if (options.done) {
        location.assign(options.done);
      }
    }
  };
  const detail = {
    instanceId: payload.instanceId ?? idOf(xml),
    xml,
    files,
    received: (message = "") => settle("received", message),
    failed: (message = "") => settle("failed", message),
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

function idOf(xml) {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  return found.getElementsByTagNameNS("*", "instanceID")[0]?.textContent ?? "";
}

/** What happened, for styles, tests and whoever listens: ready, received or failed. */
function tell(state, message) {
  place.dataset.state = state;
  window.dispatchEvent(new CustomEvent("datlanh:form", { detail: { state, message } }));
}
