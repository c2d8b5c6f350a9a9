// A voice webhook as a careful Node programmer writes it: Twilio's check, Redis, one committed row, Twilio's builder.
const express = require("express");
const Redis = require("ioredis");
const { Pool } = require("pg");
const twilio = require("twilio");

const { AUTH_TOKEN, BASE_URL, DATABASE_URL, PORT, REDIS_URL } = process.env;
const redis = new Redis(REDIS_URL);
const pool = new Pool({ connectionString: DATABASE_URL, max: 8 });
const app = express();

app.post("/menu", express.urlencoded({ extended: false }), async (request, response) => {
  const signature = request.header("X-Twilio-Signature") ?? "";
  if (!twilio.validateRequest(AUTH_TOKEN, signature, `${BASE_URL}/menu`, request.body)) return response.sendStatus(403);
  const { CallSid, Digits, From } = request.body;
  const state = JSON.parse((await redis.get(`call:${CallSid}`)) ?? '{"turn":0}');
  state.turn += 1;
  await redis.set(`call:${CallSid}`, JSON.stringify(state), "EX", 3600);
  await redis.publish("calls", JSON.stringify({ CallSid, turn: state.turn }));
  await pool.query("INSERT INTO bench_event (call_sid, turn, caller, digits) VALUES ($1, $2, $3, $4)", [CallSid, state.turn, From, Digits]);
  const voice = new twilio.twiml.VoiceResponse();
  const gather = voice.gather({ input: ["dtmf"], numDigits: 1, timeout: 6, actionOnEmptyResult: true, action: `${BASE_URL}/menu` });
  gather.say({ language: "en-US" }, "For the state of an order, press 1. To change an order, press 2.");
  response.type("text/xml").send(voice.toString());
});

app.listen(Number(PORT), "127.0.0.1");
