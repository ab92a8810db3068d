"""Simulators that speak the wire: what the bot meets where the real peers cannot be reached."""
