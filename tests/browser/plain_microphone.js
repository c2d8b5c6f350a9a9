// The microphone as it is: what browsers do against echo and noise would flatten a test's steady tone.
(() => {
  const media = navigator.mediaDevices;
  const native = media.getUserMedia.bind(media);
  const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  media.getUserMedia = (wanted) => native({ ...wanted, audio: { ...(wanted.audio === true ? {} : wanted.audio), ...off } });
})();
