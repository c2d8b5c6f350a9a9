// The phone's errors and warnings in words that help an agent. Numbers are Twilio's (voice SDK, errors/generated).

const LOAD_AGAIN = "Load this page again; if that does not help, sign out and in.";
const WORDS = [
  [[31401, 31208], "The browser did not give the phone your microphone."],
  [[31402, 31201], "No microphone could be opened. It may be unplugged, or another program may hold it."],
  [[20101, 20104, 20151, 20157, 31202, 31204, 31205, 31207, 51007], `The phone's sign-in was not accepted. ${LOAD_AGAIN}`],
  [[31206, 51001], "The telephone network asks this phone to slow down. Wait ten seconds, then try again."],
  [[31486, 31600, 31603], "The telephone network did not take the call. The caller keeps the place in the queue."],
  [[31003, 53405, 53407, 53408, 53000], "The sound is interrupted. It is being taken up again."],
  [[31000, 31005, 31009, 53001], "The connection to the telephone network is interrupted. It is being taken up again."],
  [[31301, 31404], "The telephone network no longer knows this call."],
];
const NAMES = {
  late: "The telephone network cannot be reached from this browser. Check your network; an extension that blocks WebRTC does this too.",
  NotAllowedError: WORDS[0][1],
  NotFoundError: WORDS[1][1],
  NotReadableError: WORDS[1][1],
};
const QUALITY = {
  "constant-audio-input-level": "We hear no sound from your microphone.",
  "ice-connectivity-lost": "The sound is interrupted. It is being taken up again.",
  "low-bytes-received": "We receive no sound of the caller.",
  "low-bytes-sent": "Your sound does not leave this computer.",
  "low-mos": "Your network is slow. The caller may not hear you well.",
  "high-rtt": "Your network is slow. You and the caller hear each other late.",
  "high-jitter": "Your network is uneven. The sound may break up.",
  "high-packet-loss": "Your network loses sound. The caller may not hear you well.",
  "high-packets-lost-fraction": "Your network loses sound. The caller may not hear you well.",
};

export function inWords(error) {
  const known = WORDS.find(([codes]) => codes.includes(error.code));
  if (known) return known[1];
  if (NAMES[error.message] ?? NAMES[error.name]) return NAMES[error.message] ?? NAMES[error.name];
  if (error.code) return `The phone failed (Twilio's error ${error.code}). ${LOAD_AGAIN}`;
  return error.message;
}

export function quality(name) {
  return QUALITY[name] ?? "";
}
