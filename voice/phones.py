"""Telephone numbers as people read them, and as logs may keep them."""

import phonenumbers


def show_number(e164: str) -> str:
    """+12025550188 as +1 202-555-0188; a withheld number in words."""
    if not e164:
        return "withheld number"
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def mask(e164: str) -> str:
    """Enough of a number to recognise a line in a log, not enough to dial it: +1...0188."""
    return f"{e164[:2]}...{e164[-4:]}" if len(e164) > 6 else "..."
