"""A voice webhook as tutorials write it: the SDK's check, Flask's form, Redis, an ORM commit, the SDK's builder."""

import json
import os

import redis
from flask import Flask, Response, abort, request
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse


class Base(DeclarativeBase):
    """The tables."""


class BenchEvent(Base):
    """One turn of a call."""

    __tablename__ = "bench_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str]
    turn: Mapped[int]
    caller: Mapped[str]
    digits: Mapped[str]


def create() -> Flask:
    """The application."""
    base_url = os.environ["BASE_URL"]
    validator = RequestValidator(os.environ["AUTH_TOKEN"])
    store = redis.Redis.from_url(os.environ["REDIS_URL"])
    engine = create_engine(
        os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"), pool_size=8
    )
    app = Flask("textbook", static_folder=None)

    @app.post("/menu")
    def menu() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(f"{base_url}/menu", request.form, signature):
            abort(403)
        call_sid = request.form["CallSid"]
        state = json.loads(store.get(f"call:{call_sid}") or '{"turn": 0}')
        state["turn"] += 1
        store.set(f"call:{call_sid}", json.dumps(state), ex=3600)
        store.publish("calls", json.dumps({"CallSid": call_sid, "turn": state["turn"]}))
        with Session(engine) as session:
            session.add(
                BenchEvent(
                    call_sid=call_sid,
                    turn=state["turn"],
                    caller=request.form["From"],
                    digits=request.form["Digits"],
                )
            )
            session.commit()
        voice = VoiceResponse()
        gather = Gather(
            input="dtmf", num_digits=1, timeout=6, action_on_empty_result=True, action=f"{base_url}/menu"
        )
        gather.say("For the state of an order, press 1. To change an order, press 2.", language="en-US")
        voice.append(gather)
        return Response(str(voice), mimetype="text/xml")

    return app
