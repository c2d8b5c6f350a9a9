"""The merchant of the journeys: its number, a customer's, and its flow."""

NORTHWIND = "+12025550100"
CUSTOMER = "+12025550188"

FLOW = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
recording:
  announce: "This call is recorded."
queues:
  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}
start: greeting
fallback: message
steps:
  greeting:
    menu: "Thank you for calling {merchant}. For orders, press 1."
    options: {1: orders_line}
    no_input: orders_line
    no_match: orders_line
  orders_line:
    queue: orders
    timeout: busy
    full: busy
  busy:
    say: "I am sorry, all of us are still busy."
    next: message
  message:
    voicemail: "Please leave a message after the tone."
    next: goodbye
  goodbye:
    hangup: "Thank you. Goodbye."
"""
