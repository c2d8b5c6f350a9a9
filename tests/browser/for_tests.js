// Before any script of a page runs: the microphone as it is, and hands on its sockets and on its ring.
(() => {
  // What browsers do against echo and noise would flatten a test's steady tone.
  const media = navigator.mediaDevices;
  if (media) {
    const native = media.getUserMedia.bind(media);
    const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    media.getUserMedia = (wanted) => native({ ...wanted, audio: { ...(wanted.audio === true ? {} : wanted.audio), ...off } });
  }

  window.socketsForTest = [];
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      socketsForTest.push(this);
    }
  };

  const sounds = [];
  const Sound = window.Audio;
  window.Audio = class extends Sound {
    constructor(...given) {
      super(...given);
      sounds.push(this);
    }
  };
  window.ringsForTest = () => sounds.some((sound) => sound.src.endsWith("/audio/ring.wav") && sound.loop && !sound.paused && !sound.muted);
})();
