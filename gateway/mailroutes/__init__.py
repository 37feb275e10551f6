"""How mail reaches domains: asked of DNS, remembered with a time to live. Never whether a lead is acceptable."""
