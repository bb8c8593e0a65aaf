//! Placeholder for the first commit of this room.
