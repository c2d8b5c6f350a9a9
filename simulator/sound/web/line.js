// The phone line: the real Voice SDK, told and asked in a phone's words.
const NAMES = ["incoming", "outgoing", "disconnect", ...[..."0123456789sh"].map((key) => `dtmf${key}`)];
const sounds = Object.fromEntries(NAMES.map((name) => [name, `/phone/sounds/${name}.wav`]));

export class Line {
  #device = null;
  #call = null;
  #tell;

  // tell(what, detail) hears: state, ringing, talking, incoming, ended, level, problem
  constructor(tell) {
    this.#tell = tell;
  }

  async turnOn(number) {
    this.#tell("state", "starting");
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    microphone.getTracks().forEach((track) => track.stop());
    const device = new Twilio.Device(await token(number), {
      chunderw: location.host, publishEvents: false, closeProtection: true, sounds, logLevel: "silent",
    });
    device.on("registered", () => this.#tell("state", "ready"));
    device.on("unregistered", () => this.#tell("state", "lost"));
    device.on("error", (error) => this.#tell("problem", error.message));
    device.on("tokenWillExpire", async () => device.updateToken(await token(number)));
    device.on("incoming", (call) => {
      this.#follow(call);
      call.on("cancel", () => this.#over());
      this.#tell("incoming", call.parameters.From);
    });
    this.#device = device;
    await device.register();
  }

  async dial(number) {
    this.#follow(await this.#device.connect({ params: { To: number } }));
  }

  accept() { this.#call?.accept(); }
  press(key) { this.#call?.sendDigits(key); }
  mute(on) { this.#call?.mute(on); }

  hangUp() {
    if (this.#call?.status() === "pending") this.#call.reject();
    else this.#call?.disconnect();
  }

  #follow(call) {
    this.#call = call;
    call.on("ringing", () => this.#tell("ringing"));
    call.on("accept", () => this.#tell("talking", call.parameters.CallSid));
    call.on("reconnecting", () => this.#tell("state", "lost"));
    call.on("reconnected", () => this.#tell("state", "ready"));
    call.on("volume", (input, output) => this.#tell("level", Math.max(output, input * 0.6)));
    call.on("error", (error) => this.#tell("problem", error.message));
    for (const end of ["disconnect", "reject"]) call.on(end, () => this.#over());
  }

  #over() {
    if (this.#call === null) return;
    this.#call = null;
    this.#tell("ended");
  }
}

async function token(number) {
  const reply = await fetch(`/phone/token?number=${encodeURIComponent(number)}`);
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()).token;
}
