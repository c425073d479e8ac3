// Opens a space, restores what the link says, and connects the parts.
import { repaintCells } from "../point/cells.js";
import { layComputedMaps } from "./computed_maps.js";
import { layDecoded, repaintDecoded } from "../point/decoded.js";
import { connectChosen } from "../map/selection.js";
import { layDrop } from "./drop.js";
import { fromQuery } from "../core/address.js";
import { connectHistory } from "../core/history.js";
import { layFinder } from "./finder.js";
import { onRetried } from "../map/computing.js";
import { layJobs } from "./jobs_panel.js";
import { connectKeys } from "./keys.js";
import { layLasso } from "../map/lasso.js";
import { connectLegendKeys } from "../map/legend_keys.js";
import { connectMapKeys } from "../map/map_keys.js";
import { layMap } from "../map/touch.js";
import { requestMap, shownNow } from "../map/map_request.js";
import { connectOverlay } from "../map/overlay.js";
import { getJSON } from "../core/api.js";
import { busyWhile } from "../core/busy.js";
import { connectAlong } from "../interpret/along.js";
import { connectLinked } from "../interpret/linked.js";
import { connectNames } from "../point/names.js";
import { layReportButton } from "./report_button.js";
import { connectGallery, repaintGallery } from "../gallery/gallery.js";
import { layPages } from "./pages.js";
import { layNotices, tell, tellError } from "../core/notice.js";
import { layPanelSwitch } from "./panel_switch.js";
import { layPins } from "../point/pins.js";
import { layDistortion } from "./distortion.js";
import { layQuality } from "../map/quality.js";
import { connectReport } from "./program_link.js";
import { restore } from "./restore.js";
import { layTextSize, onTextSize } from "../core/text_size.js";
import { repaintAll } from "../point/sliders.js";
import { laySelectionPanel } from "./selection_panel.js";
import { repaintTouched } from "../item/panel.js";
import { layTools } from "./controls.js";

// Other colours, or another size of texts.
function repaint() {
  repaintAll();
  repaintCells();
  repaintDecoded();
  repaintTouched();
  repaintGallery();
  requestMap();
}

export async function start() {
  layNotices();
  layTextSize();
  layPanelSwitch();
  layDecoded();
  layMap();
  layPins();
  layFinder();
  layTools();
  layLasso();
  laySelectionPanel();
  layDrop();
  layJobs();
  layQuality();
  layDistortion();
  layComputedMaps();
  layPages();
  layReportButton();
  connectLinked();
  connectAlong();
  connectNames();
  connectGallery();
  connectOverlay();
  connectChosen();
  connectKeys();
  connectMapKeys();
  connectLegendKeys();
  onRetried(shownNow);
  try {
    const spaces = await getJSON("spaces");
    if (!spaces.length) return tell("There is no space to show.", "error");
    document.body.dataset.defaultSpace = spaces[0].id;
    connectHistory(async (asked, stepTaken) => {
      try {
        return await busyWhile(document.getElementById("explore"), restore(asked, { undone: true, stepTaken }));
      } catch (error) {
        tellError(error);
        return true;
      }
    });
    await restore(fromQuery(location.search), { initial: true });
    connectReport();
  } catch (error) {
    tellError(error);
  }
  onTextSize(repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
  window.addEventListener("resize", repaintAll);
  return undefined;
}

