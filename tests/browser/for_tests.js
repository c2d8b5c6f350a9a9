// Before any script of a page runs: the microphone as it is, and hands on what it opens: microphones, sockets and its ring.
(() => {
  // What browsers do against echo and noise would flatten a test's steady tone.
  const media = navigator.mediaDevices;
  window.microphonesForTest = [];
  if (media) {
    const native = media.getUserMedia.bind(media);
    const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    media.getUserMedia = async (wanted) => {
      const stream = await native({ ...wanted, audio: { ...(wanted.audio === true ? {} : wanted.audio), ...off } });
      microphonesForTest.push(stream);
      return stream;
    };
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
