// Which microphone, speaker and ringer this browser uses: remembered by id and by name, since browsers renew ids.

export const KINDS = { microphone: "audioinput", speaker: "audiooutput", ringer: "audiooutput" };

let known = [];

// Names are empty until the microphone was allowed once.
export async function look() {
  const all = await (navigator.mediaDevices?.enumerateDevices() ?? []);
  known = all.filter((device) => device.kind !== "videoinput");
  return known;
}

export function devices(use) {
  return known.filter((device) => device.kind === KINDS[use] && device.deviceId);
}

// The id of the device chosen for a use; "" leaves the choice to the browser.
export function chosen(use) {
  const kept = JSON.parse(localStorage.getItem(`ringdesk ${use}`) ?? "null");
  if (!kept) return "";
  const there = devices(use);
  return (there.find((device) => device.deviceId === kept.id) ?? there.find((device) => device.label === kept.label))?.deviceId ?? "";
}

export function choose(use, id) {
  const device = devices(use).find((one) => one.deviceId === id);
  if (!device || id === "default") localStorage.removeItem(`ringdesk ${use}`);
  else localStorage.setItem(`ringdesk ${use}`, JSON.stringify({ id, label: device.label }));
}

export function constraints() {
  const id = chosen("microphone");
  return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { ideal: id } } : {}) };
}
