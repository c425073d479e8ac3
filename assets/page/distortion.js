// A space opens with a first draw of its items' distortion; when the others are there, what shows it is shown anew.
import { withVisitorId, getJSON, onReconnect } from "../core/api.js";
import { lookAtJobs } from "../core/long_work.js";
import { requestMap } from "../map/map_request.js";
import { tellError } from "../core/notice.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe } from "../core/store.js";
import { reloadItem } from "../item/panel.js";
import { refreshGallery } from "../gallery/gallery.js";

const POLL = 500; // milliseconds
const pause = () => new Promise((resolve) => { setTimeout(resolve, POLL); });
const spaces = questions("space");
const underWay = ({ state: how }) => how === "waiting" || how === "running";

async function refine() {
  const counts = spaces();
  const { info } = current;
  if (info.draws === info.all_draws) return;
  const path = `spaces/${info.id}/distortion`;
  try {
    let answer = await getJSON(withVisitorId(path), { method: "POST" });
    if (underWay(answer)) lookAtJobs();
    while (counts() && underWay(answer)) {
      await pause();
      if (counts()) answer = await getJSON(path);
    }
    if (answer.state !== "done") return; // it was cancelled, or the list of long work says what went wrong
    info.draws = answer.draws;
    if (!counts()) return;
    if (state.color === "distortion") requestMap();
    reloadItem();
    refreshGallery(["distortion"]);
  } catch (error) {
    if (!counts()) return;
    tellError(error);
    if (error.status === 0) onReconnect(() => { if (counts()) refine(); });
  }
}

export const layDistortion = () => subscribe((changed) => { if (changed.has("space") && current.info) refine(); });
