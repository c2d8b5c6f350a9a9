// Before any script of a page runs: notes when things happen between a ring and the first sound, in milliseconds since the epoch.
(() => {
  let marks = {};
  const now = () => performance.timeOrigin + performance.now();
  const note = (what, at = now()) => { marks[what] ??= at; };
  window.marksForBench = () => marks;
  window.forgetForBench = () => { marks = {}; };

  // Shown: the frame after the button is in the page. Heard: the ring's element plays.
  new MutationObserver(() => {
    if (!marks.shown_at && document.querySelector("#phone [data-do=accept]")) requestAnimationFrame(() => note("shown_at"));
    if (document.querySelector("#phone [data-do=hold]")) note("talk_drawn");
  }).observe(document, { childList: true, subtree: true });
  const Sound = window.Audio;
  window.Audio = class extends Sound {
    constructor(...given) {
      super(...given);
      // A ring that still sounded from the sound check is only set back to its beginning.
      for (const sign of ["playing", "seeked"]) this.addEventListener(sign, () => { if (this.loop && !this.muted) note("audible_at"); });
    }
  };
  document.addEventListener("click", ({ target }) => { if (target.closest("[data-do=accept]")) note("click"); }, true);

  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (String(given[0]).endsWith("/accept")) note("accepted");
    return answer;
  };
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!marks.click) return native(wanted);
    note("microphone_asked");
    const stream = await native(wanted);
    note("microphone_given");
    return stream;
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      if (marks.click) note("socket_made");
      this.addEventListener("message", ({ data }) => {
        const said = data.length > 2 ? JSON.parse(data).type : "";
        if (marks.click && ["connected", "ringing", "answer"].includes(said)) note(said);
      });
    }
    send(data) {
      if (data.includes('"invite"')) note("invite");
      super.send(data);
    }
  };

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given);
      this.addEventListener("connectionstatechange", () => { if (this.connectionState === "connected") note("media_connected"); });
      this.addEventListener("track", ({ track }) => hear(track));
    }
  };

  // The first frame louder than -45 dB of full scale is the caller's voice: before it there is digital silence.
  async function hear(track) {
    const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
    while (!marks.sound) {
      const { value, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      value.close();
      if (Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) > 0.0056) note("sound");
    }
    reader.cancel();
  }
})();
