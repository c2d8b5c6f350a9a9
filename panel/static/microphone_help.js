// How to get the microphone back, in the words of the browser that has it.

const WHY = {
  denied: ["The microphone is not allowed", "Callers could not hear you, so no call comes to you."],
  missing: ["No microphone is connected", "Callers could not hear you, so no call comes to you."],
  busy: ["The microphone does not open", "Another program may be holding it. No call comes to you meanwhile."],
  insecure: ["This address cannot use a microphone", "Browsers give microphones to https addresses only. No call comes to you here."],
};
const ALLOW = {
  firefox: ["Click the crossed-out microphone left of the address.", "Remove “Blocked”, then try again here and choose “Allow”."],
  safari: ["Choose Safari, then Settings for This Website.", "Set Microphone to “Allow”, then try again here."],
  chrome: ["Click the symbol left of the address.", "Switch Microphone on, then try again here."],
};
const SYSTEM = {
  mac: "On a Mac, look at System Settings, Privacy & Security, Microphone too.",
  windows: "On Windows, look at Settings, Privacy & security, Microphone too.",
  other: "",
};

export function help(why, agent = navigator.userAgent) {
  const [title, text] = WHY[why];
  const system = SYSTEM[/Mac OS/.test(agent) ? "mac" : /Windows/.test(agent) ? "windows" : "other"];
  const steps = {
    denied: [...ALLOW[browser(agent)], system],
    missing: ["Connect a headset or a microphone.", "Wait until it is ready, then try again here."],
    busy: ["Close other programs that make calls, and other tabs that use the microphone.", "Unplug the headset and plug it in again, then try again here.", system],
    insecure: ["Ask your admin for the https address of this desk."],
  }[why].filter(Boolean);
  return { title, text, steps };
}

function browser(agent) {
  if (/Firefox/.test(agent)) return "firefox";
  return /Safari/.test(agent) && !/Chrom|Edg/.test(agent) ? "safari" : "chrome";
}
