"""The sounds that flows play, beside the flow files."""

from voice.runtime import Runtime


def flow_sound(rt: Runtime, name: str) -> bytes | None:
    """A sound named merchant.path.to.file; only files that a live flow of the merchant names are given out."""
    merchant_id, _, dotted = name.partition(".")
    flow = rt.books.live_flow(merchant_id)
    if flow is None:
        return None
    for path in flow.audio.values():
        if path.removesuffix(".wav").replace("/", ".") == dotted:
            file = rt.settings.flows_dir / path
            return file.read_bytes() if file.is_file() else None
    return None
