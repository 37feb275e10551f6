"""Where people stand with us: the rules of ``lifecycle.yaml`` read, and asked. Pure; judges no lead."""
