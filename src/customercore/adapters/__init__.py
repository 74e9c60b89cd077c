"""Everything that touches the world: one small room or file each, imported when `open_core` asks for it."""
