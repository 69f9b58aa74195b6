"""The hub: rooms, frames, backpressure, and the bus between processes; it knows services only."""
