// Long work as every part of the page speaks of it: that there is some to be looked at, and how far it is.
const listeners = [];
export const onLongWork = (listener) => { listeners.push(listener); };
// Something has been started or ended.
export const lookAtJobs = () => { for (const listener of listeners) listener(); };

export function timeOf({ seconds, left }, whereof = "") {
  const time = (value) => (value < 90 ? `${Math.ceil(value)} s` : `${Math.ceil(value / 60)} min`);
  return `${time(seconds ?? 0)}${left ? ` · about ${time(left)} left${whereof && ` ${whereof}`}` : ""}`;
}

// Which step of making a map it is: its neighbours, its layout, its way back.
export const stepOf = ({ note, phase }) => (phase ? `${phase} · ${note}` : note);
