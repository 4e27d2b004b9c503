// A form by web-forms: shows an XForm, hands over what is sent.
//
//   openForm(place, {
//     xml,                the XForm
//     media(name),        a Response with one of its files (communes.csv)
//     instance,           resolves to a submission to be edited (optional)
//     basemap,            GeoJSON behind the map, or its address (optional)
//     view,               where an empty map opens: "106.9,16.9,9" (optional)
//     language,           "vi" or "en"
//     submitted(detail),  {instanceId, xml, files, received(), failed(message)}
//   })
import { createApp, h } from "vue";
import { openAt, useBasemap } from "./basemap.js";
import { sendWhenReady } from "./busy.js";
import { setLanguage } from "./language.js";
import { nameControls } from "./names.js";
import "./style.css";

export async function openForm(place, options) {
  const language = options.language || "vi";
  setLanguage(language);
  useBasemap(options.basemap);
  openAt(options.view);
  // After the language is set: the package says some of its words while it loads.
  const webForms = await import("@getodk/web-forms");
  const xml = inLanguage(options.xml, language);
  const media = (url) => options.media(String(url).split("/").pop());
  const app = createApp({
    render: () =>
      h(webForms.OdkWebForm, {
        formXml: xml,
        fetchFormAttachment: media,
        missingResourceBehavior: "BLANK",
        editInstance: options.instance
          ? { resolveInstance: options.instance, attachmentFileNames: [], resolveAttachment: media }
          : undefined,
        onSubmit: (payload, done) => sent(payload, done, options, webForms),
      }),
  });
  app.use(webForms.webFormsPlugin);
  house(app, language);
  app.mount(place);
  nameControls(place, language);
  sendWhenReady(place);
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

/** Dates as the province writes them, in the calendar of the package's own components. */
function house(app, language) {
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

async function sent(payload, done, options, webForms) {
  if (payload.status !== "ready") {
    return;
  }
  const files = [...payload.data[0].values()];
  const xml = await files.shift().text();
  let settled = false;
  const once = (after) => {
    if (!settled) {
      settled = true;
      after?.();
    }
  };
  await options.submitted({
    instanceId: payload.instanceId ?? idOf(xml),
    xml,
    files,
    received: () => once(() => done({ next: webForms.POST_SUBMIT__NEW_INSTANCE })),
    failed: () => once(),
  });
}

function idOf(xml) {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  return found.getElementsByTagNameNS("*", "instanceID")[0]?.textContent ?? "";
}
